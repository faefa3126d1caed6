package kubelet

import (
	"encoding/json"
	"fmt"
	"log"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const retryInterval = 250 * time.Millisecond

func waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func (p *pod) initStatuses() {
	add := func(list []corev1.Container, init bool, reason string) {
		for _, c := range list {
			p.containers[c.Name] = &container{init: init, status: corev1.ContainerStatus{
				Name: c.Name, Image: c.Image, State: waiting(reason, ""), Started: new(bool),
			}}
		}
	}
	first := "ContainerCreating"
	if len(p.object.Spec.InitContainers) > 0 {
		first = "PodInitializing"
	}
	add(p.object.Spec.InitContainers, true, "PodInitializing")
	add(p.object.Spec.Containers, false, first)
}

func (p *pod) update(name string, change func(*corev1.ContainerStatus)) {
	p.mu.Lock()
	change(&p.containers[name].status)
	p.mu.Unlock()
	p.changed()
}

func (p *pod) wait(c *corev1.Container, reason, message string) {
	p.update(c.Name, func(s *corev1.ContainerStatus) { s.State = waiting(reason, message) })
}

func (p *pod) running(c *corev1.Container, i *instance, started metav1.Time) {
	p.event(corev1.EventTypeNormal, "Started", "Started container %s", c.Name)
	p.mu.Lock()
	own := p.containers[c.Name]
	own.instances = append(own.instances, i)
	if !own.init {
		p.phase = corev1.PodRunning
	}
	p.mu.Unlock()
	p.update(c.Name, func(s *corev1.ContainerStatus) {
		s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: started}}
		s.Started, s.Ready = new(true), !own.init
		s.ImageID = "process://" + c.Image
		s.ContainerID = fmt.Sprintf("process://%d", i.command.Process.Pid)
	})
}

func (p *pod) terminated(c *corev1.Container, state corev1.ContainerStateTerminated) {
	p.update(c.Name, func(s *corev1.ContainerStatus) {
		state.ContainerID = s.ContainerID
		s.State = corev1.ContainerState{Terminated: &state}
		s.Started, s.Ready = new(bool), false
	})
}

// snapshot is the pod as the API should have it.
func (p *pod) snapshot() *corev1.Pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	object := p.current.DeepCopy()
	object.Status = p.status()
	return object
}

// status is called with the lock held.
func (p *pod) status() corev1.PodStatus {
	const ip = "127.0.0.1"
	status := corev1.PodStatus{
		Phase: p.phase, Reason: p.reason, Message: p.message, StartTime: &p.started,
		HostIP: ip, HostIPs: []corev1.HostIP{{IP: ip}}, PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}},
	}
	initialized, ready := true, true
	for _, c := range p.object.Spec.InitContainers {
		own := p.containers[c.Name].status
		status.InitContainerStatuses = append(status.InitContainerStatuses, own)
		initialized = initialized && own.State.Terminated != nil && own.State.Terminated.ExitCode == 0
	}
	for _, c := range p.object.Spec.Containers {
		own := p.containers[c.Name].status
		status.ContainerStatuses = append(status.ContainerStatuses, own)
		ready = ready && own.Ready
	}
	status.Conditions = []corev1.PodCondition{
		p.condition(corev1.PodReadyToStartContainers, true, ""),
		p.condition(corev1.PodInitialized, initialized, "ContainersNotInitialized"),
		p.condition(corev1.ContainersReady, ready, "ContainersNotReady"),
		p.condition(corev1.PodReady, ready, "ContainersNotReady"),
	}
	return status
}

func (p *pod) condition(kind corev1.PodConditionType, holds bool, reason string) corev1.PodCondition {
	value := corev1.ConditionFalse
	if holds {
		value, reason = corev1.ConditionTrue, ""
	}
	switch {
	case p.phase == corev1.PodSucceeded && !holds:
		reason = "PodCompleted"
	case p.phase == corev1.PodFailed && !holds:
		reason = "PodFailed"
	}
	if p.conditions[kind] != value {
		p.conditions[kind], p.changedAt[kind] = value, metav1.Now()
	}
	return corev1.PodCondition{Type: kind, Status: value, Reason: reason, LastTransitionTime: p.changedAt[kind]}
}

func (p *pod) changed() {
	select {
	case p.dirty <- struct{}{}:
	default:
	}
}

// write stores the status after each change, for as long as it takes: what
// happened while the API server was away is reported when it is back.
func (p *pod) write() {
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-p.dirty:
		}
		object := p.snapshot()
		err := p.patch(object)
		switch {
		case apierrors.IsNotFound(err), apierrors.IsConflict(err): // gone, or another pod of that name
			close(p.stored)
			return
		case err != nil:
			log.Printf("status of %s/%s: %v", object.Namespace, object.Name, err)
			time.Sleep(retryInterval)
			p.changed()
		case object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed:
			close(p.stored)
			return
		}
	}
}

// patch merges conditions by type, so that the scheduler's and the eviction's stay.
func (p *pod) patch(object *corev1.Pod) error {
	body, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": object.UID}, "status": object.Status})
	if err != nil {
		return err
	}
	_, err = p.client.CoreV1().Pods(object.Namespace).Patch(p.ctx, object.Name, types.StrategicMergePatchType, body, metav1.PatchOptions{}, "status")
	return err
}

// removeFromAPI takes the pod off the API once its end is stored there.
func (p *pod) removeFromAPI() {
	select {
	case <-p.stored:
	case <-p.ctx.Done():
		return
	}
	options := *metav1.NewDeleteOptions(0)
	options.Preconditions = metav1.NewUIDPreconditions(string(p.object.UID))
	for p.ctx.Err() == nil {
		err := p.client.CoreV1().Pods(p.object.Namespace).Delete(p.ctx, p.object.Name, options)
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
			return
		}
		time.Sleep(retryInterval)
	}
}
