package plane

import (
	"fmt"
	"strings"
)

// controllerNames: without node-lifecycle the node keeps its not-ready taint and
// nothing is scheduled on it. No taint-eviction: a slow test machine must not
// lose pods to a late heartbeat.
var controllerNames = []string{
	"job-controller", "cronjob-controller", "ttl-after-finished-controller", "garbage-collector-controller",
	"pod-garbage-collector-controller", "namespace-controller", "serviceaccount-controller",
	"root-ca-certificate-publisher-controller", "resourcequota-controller", "node-lifecycle-controller",
	"deployment-controller", "replicaset-controller", "disruption-controller", "clusterrole-aggregation-controller",
}

// arguments of a component's process, after `cluster component NAME`.
func (l *layout) arguments(name string) []string {
	client := "--kubeconfig=" + l.pki("component.kubeconfig")
	switch name {
	case Etcd:
		return []string{l.path("etcd")}
	case APIServer:
		return []string{
			"--etcd-servers=unix://" + etcdSocket,
			fmt.Sprintf("--secure-port=%d", l.apiPort),
			"--bind-address=127.0.0.1",
			"--advertise-address=127.0.0.1",
			"--endpoint-reconciler-type=none",
			"--service-cluster-ip-range=10.0.0.0/24",
			"--authorization-mode=Node,RBAC",
			"--token-auth-file=" + l.pki("tokens.csv"),
			"--tls-cert-file=" + l.pki("apiserver.crt"),
			"--tls-private-key-file=" + l.pki("apiserver.key"),
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + l.pki("service-account.pub"),
			"--service-account-signing-key-file=" + l.pki("service-account.key"),
			"--kubelet-preferred-address-types=InternalIP",
			"--kubelet-certificate-authority=" + l.pki("ca.crt"),
			"--kubelet-client-certificate=" + l.pki("kubelet-client.crt"),
			"--kubelet-client-key=" + l.pki("kubelet-client.key"),
		}
	case ControllerManager:
		return []string{
			client, "--leader-elect=false", "--secure-port=0",
			"--root-ca-file=" + l.pki("ca.crt"),
			"--controllers=" + strings.Join(controllerNames, ","),
		}
	case Scheduler:
		return []string{client, "--leader-elect=false", "--secure-port=0"}
	case Node:
		return []string{
			client, "--name=" + NodeName, "--images=" + l.images, "--pods=" + l.path("pods"),
			"--ca=" + l.pki("ca.crt"), "--cert=" + l.pki("kubelet.crt"), "--key=" + l.pki("kubelet.key"),
			fmt.Sprintf("--port=%d", l.kubeletPort), fmt.Sprintf("--apiserver-port=%d", l.apiPort),
		}
	}
	return nil
}
