package plane

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	answerTimeout = 90 * time.Second
	pollInterval  = 50 * time.Millisecond
)

func (s *supervisor) client() (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", s.path("kubeconfig"))
	if err != nil {
		return nil, err
	}
	config.Timeout = 5 * time.Second
	return kubernetes.NewForConfig(config)
}

// waitAnswering waits until a started component answers. Controllers and
// scheduler open no port: waitUsable sees their work instead.
func (s *supervisor) waitAnswering(name string, c *child) error {
	var probe func(context.Context) error
	switch name {
	case Etcd:
		probe = func(context.Context) error { return dial("unix", etcdSocket) }
	case APIServer:
		client, err := s.client()
		if err != nil {
			return err
		}
		probe = func(ctx context.Context) error {
			return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
		}
	case Node:
		probe = func(context.Context) error { return dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.kubeletPort)) }
	default:
		return nil
	}
	return s.poll(name, []*child{c}, probe)
}

// waitUsable waits until a pod could be created and scheduled.
func (s *supervisor) waitUsable() error {
	client, err := s.client()
	if err != nil {
		return err
	}
	all := make([]*child, 0, len(s.children))
	for _, c := range s.children {
		all = append(all, c)
	}
	return s.poll("the node", all, func(ctx context.Context) error {
		if _, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{}); err != nil {
			return err
		}
		node, err := client.CoreV1().Nodes().Get(ctx, NodeName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if len(node.Spec.Taints) > 0 {
			return fmt.Errorf("the node has the taint %s", node.Spec.Taints[0].Key)
		}
		for _, condition := range node.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("the node is not ready")
	})
}

// poll asks until probe passes; it ends early when a needed component has ended.
func (s *supervisor) poll(what string, needed []*child, probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(s.ctx, answerTimeout)
	defer cancel()
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		for _, c := range needed {
			if !c.running() {
				name := c.command.Args[2]
				return fmt.Errorf("%s ended while starting:\n%s", name, lastLines(s.path("logs", name+".log"), 8))
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s did not become ready: %w", what, err)
		case <-time.After(pollInterval):
		}
	}
}

func dial(network, address string) error {
	connection, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return err
	}
	return connection.Close()
}

func lastLines(path string, count int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
