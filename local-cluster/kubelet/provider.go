package kubelet

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/virtual-kubelet/virtual-kubelet/errdefs"
	"github.com/virtual-kubelet/virtual-kubelet/node/api"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	listersv1 "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/record"
	stats "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
	utilexec "k8s.io/utils/exec"
	"slc.test/cluster/process"
)

// provider is what virtual-kubelet asks to run and to end pods.
type provider struct {
	options
	client   kubernetes.Interface
	lister   listersv1.PodLister
	recorder record.EventRecorder
	ctx      context.Context // ends when the node ends
	cancel   context.CancelFunc

	mu   sync.Mutex
	pods map[string]*pod // by namespace/name
}

func newProvider(o options, client kubernetes.Interface, lister listersv1.PodLister, recorder record.EventRecorder) *provider {
	ctx, cancel := context.WithCancel(context.Background())
	p := &provider{options: o, client: client, lister: lister, recorder: recorder, ctx: ctx, cancel: cancel, pods: map[string]*pod{}}
	process.KillMarked(p.marker()) // of a node that was killed
	_ = os.RemoveAll(o.pods)
	go p.enforceLimits()
	return p
}

func (p *provider) marker() string { return process.PodsMarker + "=" + p.options.pods }

// CreatePod starts a pod. One that ran before the node started has lost its containers.
func (p *provider) CreatePod(_ context.Context, object *corev1.Pod) error {
	created := newPod(p, object)
	p.mu.Lock()
	p.pods[key(object.Namespace, object.Name)] = created
	p.mu.Unlock()
	go created.write()
	go created.run()
	return nil
}

// UpdatePod is called for what may change in a running pod (labels, deadline):
// nothing that its processes see.
func (p *provider) UpdatePod(_ context.Context, object *corev1.Pod) error {
	if found := p.find(object.Namespace, object.Name); found != nil {
		found.mu.Lock()
		found.current = object
		found.mu.Unlock()
	}
	return nil
}

// DeletePod ends the pod's processes, has the end stored, and takes the pod off
// the API as a kubelet does: when a pod is gone, so are its processes.
func (p *provider) DeletePod(_ context.Context, object *corev1.Pod) error {
	found := p.find(object.Namespace, object.Name)
	if found == nil || found.object.UID != object.UID {
		return errdefs.NotFound("no such pod")
	}
	found.terminate(p.lister)
	found.removeFromAPI()
	p.mu.Lock()
	if p.pods[key(object.Namespace, object.Name)] == found {
		delete(p.pods, key(object.Namespace, object.Name))
	}
	p.mu.Unlock()
	return os.RemoveAll(found.dir)
}

// GetPod hides a pod whose name the API has given to another one since:
// virtual-kubelet knows pods by name and would take the new one for started.
func (p *provider) GetPod(_ context.Context, namespace, name string) (*corev1.Pod, error) {
	found := p.find(namespace, name)
	if found == nil {
		return nil, errdefs.NotFound("no such pod")
	}
	if current, err := p.lister.Pods(namespace).Get(name); err == nil && current.UID != found.object.UID {
		return nil, errdefs.NotFound("another pod of that name")
	}
	return found.snapshot(), nil
}

// GetPodStatus is GetPod's status.
func (p *provider) GetPodStatus(ctx context.Context, namespace, name string) (*corev1.PodStatus, error) {
	found, err := p.GetPod(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	return &found.Status, nil
}

// GetPods returns every pod of the node.
func (p *provider) GetPods(context.Context) ([]*corev1.Pod, error) {
	var all []*corev1.Pod
	for _, each := range p.all() {
		all = append(all, each.snapshot())
	}
	return all, nil
}

// NotifyPods leaves virtual-kubelet's callback unused: statuses are written by
// pod.write, which survives any outage, keeps others' conditions and never
// writes back stale metadata. That the method exists stops status polling.
func (p *provider) NotifyPods(context.Context, func(*corev1.Pod)) {}

// RunInContainer runs a command beside the container, as `kubectl exec` does.
func (p *provider) RunInContainer(ctx context.Context, namespace, name, container string, command []string, attach api.AttachIO) error {
	found := p.find(namespace, name)
	if found == nil {
		return errdefs.NotFound("no such pod")
	}
	running := found.container(container)
	if running == nil {
		return errdefs.NotFoundf("container %q is not running", container)
	}
	execution := exec.CommandContext(ctx, command[0], command[1:]...)
	execution.Dir, execution.Env = running.Dir, running.Env
	execution.Stdin, execution.Stdout, execution.Stderr = attach.Stdin(), attach.Stdout(), attach.Stderr()
	execution.WaitDelay = time.Second
	err := execution.Run()
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		return utilexec.CodeExitError{Err: err, Code: ended.ExitCode()}
	}
	return err
}

var errUnsupported = errors.New("this node runs containers as local processes and does not support that")

// AttachToContainer is not supported.
func (p *provider) AttachToContainer(context.Context, string, string, string, api.AttachIO) error {
	return errUnsupported
}

// PortForward is not supported: a container's ports are this machine's.
func (p *provider) PortForward(context.Context, string, string, int32, io.ReadWriteCloser) error {
	return errUnsupported
}

// GetStatsSummary is empty.
func (p *provider) GetStatsSummary(context.Context) (*stats.Summary, error) {
	return &stats.Summary{Node: stats.NodeStats{NodeName: p.name}}, nil
}

// GetMetricsResource is empty.
func (p *provider) GetMetricsResource(context.Context) ([]*dto.MetricFamily, error) {
	return nil, nil
}

// stopAll ends every container; those that ignore SIGTERM are killed after grace.
func (p *provider) stopAll(grace time.Duration) {
	p.cancel()
	all := p.all()
	for _, each := range all {
		each.stop("")
	}
	timeout := time.After(grace)
	for _, each := range all {
		select {
		case <-each.done:
		case <-timeout:
			timeout = time.After(0)
			each.kill()
			<-each.done
		}
	}
	process.KillMarked(p.marker())
}

func (p *provider) find(namespace, name string) *pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pods[key(namespace, name)]
}

func (p *provider) all() []*pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]*pod, 0, len(p.pods))
	for _, each := range p.pods {
		all = append(all, each)
	}
	return all
}

func key(namespace, name string) string { return filepath.Join(namespace, name) }
