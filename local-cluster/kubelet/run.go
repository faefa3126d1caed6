// Package kubelet is the node: virtual-kubelet with a provider that runs each
// container as a local process. README.md says what differs from a real kubelet.
package kubelet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/node"
	"github.com/virtual-kubelet/virtual-kubelet/node/nodeutil"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
)

type options struct {
	kubeconfig, name, images, pods, ca, cert, key string
	port, apiServerPort                           int
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("node", flag.ContinueOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "how the node reaches the API server")
	flags.StringVar(&o.name, "name", "", "the node's name")
	flags.StringVar(&o.images, "images", "", "JSON file: image name to local command")
	flags.StringVar(&o.pods, "pods", "", "folder with one folder per pod")
	flags.StringVar(&o.ca, "ca", "", "the cluster's CA certificate")
	flags.StringVar(&o.cert, "cert", "", "certificate of the kubelet port")
	flags.StringVar(&o.key, "key", "", "key of the kubelet port")
	flags.IntVar(&o.port, "port", 0, "kubelet port")
	flags.IntVar(&o.apiServerPort, "apiserver-port", 0, "port that containers find the API server on")
	return o, flags.Parse(args)
}

// Run is the node's process: until SIGTERM, or until gone closes because the
// supervisor died. Either way it takes its containers with it.
func Run(args []string, gone <-chan struct{}) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	go func() {
		<-gone
		cancel()
	}()
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 200, 400
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return patient{next} })
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	tlsConfig, err := kubeletTLS(o)
	if err != nil {
		return err
	}
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	defer broadcaster.Shutdown()
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "kubelet", Host: o.name})

	var p *provider
	newProvider := func(c nodeutil.ProviderConfig) (nodeutil.Provider, node.NodeProvider, error) {
		p = newProvider(o, client, c.Pods, recorder)
		describe(c.Node, o)
		return p, nil, nil
	}
	mux := http.NewServeMux()
	n, err := nodeutil.NewNode(o.name, newProvider,
		nodeutil.WithClient(client),
		nodeutil.AttachProviderRoutes(mux),
		func(c *nodeutil.NodeConfig) error {
			c.HTTPListenAddr = fmt.Sprintf("127.0.0.1:%d", o.port)
			c.Handler, c.TLSConfig = withExplicitTail(mux), tlsConfig
			c.EventRecorder = recorder
			c.SkipDownwardAPIResolution = true // env.go: a missing secret is a state of the pod, not a silent retry
			c.NumWorkers = 64                  // DeletePod holds its worker for the grace period
			return nil
		})
	if err != nil {
		return err
	}
	err = n.Run(ctx)
	p.stopAll(3 * time.Second)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func kubeletTLS(o options) (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(o.ca)
	if err != nil {
		return nil, err
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(ca)
	return &tls.Config{
		Certificates: []tls.Certificate{certificate},
		ClientCAs:    clients, ClientAuth: tls.RequireAndVerifyClientCert, // only the API server has such a certificate
		MinVersion: tls.VersionTLS13,
	}, nil
}

// describe makes the node schedulable and its kubelet port findable.
func describe(n *corev1.Node, o options) {
	n.Labels["kubernetes.io/os"], n.Labels["kubernetes.io/arch"] = runtime.GOOS, runtime.GOARCH
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("8"),
		corev1.ResourceMemory:           resource.MustParse("16Gi"),
		corev1.ResourceEphemeralStorage: resource.MustParse("50Gi"),
		corev1.ResourcePods:             resource.MustParse("110"),
	}
	n.Status.Capacity, n.Status.Allocatable = capacity, capacity
	n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}, {Type: corev1.NodeHostName, Address: o.name}}
	n.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(o.port)
	n.Status.NodeInfo = corev1.NodeSystemInfo{
		KubeletVersion: "v1.37.2-local-processes", OperatingSystem: runtime.GOOS, Architecture: runtime.GOARCH,
		ContainerRuntimeVersion: "process://1",
	}
	for i := range n.Status.Conditions {
		c := &n.Status.Conditions[i]
		if c.Type != corev1.NodeReady {
			c.Status, c.Reason = corev1.ConditionFalse, "KubeletHasNoPressure"
		}
		c.LastHeartbeatTime, c.LastTransitionTime = metav1.Now(), metav1.Now()
	}
}
