package kubelet

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const defaultTokenSeconds = 3600

// mountVolumes writes the pod's volumes below volumes/NAME, retries as a kubelet
// does what is not there yet, and renews tokens until the pod has ended.
func (p *pod) mountVolumes() bool {
	for {
		renewAt, err := p.writeVolumes()
		if err == nil {
			go p.renewVolumes(renewAt)
			return true
		}
		if p.stopping() {
			return false
		}
		p.event(corev1.EventTypeWarning, "FailedMount", "%v", err)
		if !p.pause(500 * time.Millisecond) {
			return false
		}
	}
}

func (p *pod) renewVolumes(at time.Time) {
	for !at.IsZero() {
		select {
		case <-p.done:
			return
		case <-time.After(time.Until(at)):
		}
		next, err := p.writeVolumes()
		if err != nil {
			next = time.Now().Add(10 * time.Second)
		}
		at = next
	}
}

// writeVolumes returns when the first token has used up 80 % of its life, or no time.
func (p *pod) writeVolumes() (time.Time, error) {
	var renewAt time.Time
	for _, volume := range p.object.Spec.Volumes {
		dir := filepath.Join(p.dir, "volumes", volume.Name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return renewAt, err
		}
		var err error
		switch {
		case volume.Secret != nil:
			err = p.writeSecret(dir, volume.Secret.SecretName, volume.Secret.Optional, volume.Secret.Items)
		case volume.ConfigMap != nil:
			err = p.writeConfigMap(dir, volume.ConfigMap.Name, volume.ConfigMap.Optional, volume.ConfigMap.Items)
		case volume.Projected != nil:
			var at time.Time
			if at, err = p.writeProjected(dir, volume.Projected.Sources); renewAt.IsZero() || !at.IsZero() && at.Before(renewAt) {
				renewAt = at
			}
		}
		if err != nil {
			return renewAt, fmt.Errorf("volume %q: %w", volume.Name, err)
		}
	}
	return renewAt, nil
}

func (p *pod) writeProjected(dir string, sources []corev1.VolumeProjection) (time.Time, error) {
	var renewAt time.Time
	for _, source := range sources {
		var err error
		switch {
		case source.ServiceAccountToken != nil:
			renewAt, err = p.writeToken(dir, source.ServiceAccountToken)
		case source.ConfigMap != nil:
			err = p.writeConfigMap(dir, source.ConfigMap.Name, source.ConfigMap.Optional, source.ConfigMap.Items)
		case source.Secret != nil:
			err = p.writeSecret(dir, source.Secret.Name, source.Secret.Optional, source.Secret.Items)
		case source.DownwardAPI != nil:
			err = p.writeFields(dir, source.DownwardAPI.Items)
		}
		if err != nil {
			return renewAt, err
		}
	}
	return renewAt, nil
}

func (p *pod) writeToken(dir string, source *corev1.ServiceAccountTokenProjection) (time.Time, error) {
	seconds := int64(defaultTokenSeconds)
	if source.ExpirationSeconds != nil {
		seconds = *source.ExpirationSeconds
	}
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: &seconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: p.object.Name, UID: p.object.UID},
	}}
	if source.Audience != "" {
		request.Spec.Audiences = []string{source.Audience}
	}
	token, err := p.client.CoreV1().ServiceAccounts(p.object.Namespace).CreateToken(p.stopCtx, p.object.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return time.Time{}, err
	}
	renewAt := time.Now().Add(time.Until(token.Status.ExpirationTimestamp.Time) * 8 / 10)
	return renewAt, replaceFile(filepath.Join(dir, source.Path), token.Status.Token)
}

func (p *pod) writeFields(dir string, items []corev1.DownwardAPIVolumeFile) error {
	for _, item := range items {
		if item.FieldRef == nil {
			continue
		}
		value, err := p.field(item.FieldRef.FieldPath)
		if err != nil {
			return err
		}
		if err := replaceFile(filepath.Join(dir, item.Path), value); err != nil {
			return err
		}
	}
	return nil
}

func (p *pod) writeSecret(dir, name string, optional *bool, items []corev1.KeyToPath) error {
	data, err := p.secret(name, optional)
	if err != nil {
		return err
	}
	return writeItems(dir, data, items, isTrue(optional))
}

func (p *pod) writeConfigMap(dir, name string, optional *bool, items []corev1.KeyToPath) error {
	data, err := p.configMap(name, optional)
	if err != nil {
		return err
	}
	return writeItems(dir, data, items, isTrue(optional))
}

func writeItems(dir string, data map[string]string, items []corev1.KeyToPath, optional bool) error {
	if len(items) == 0 {
		for key := range data {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
	}
	for _, item := range items {
		value, found := data[item.Key]
		if !found && optional {
			continue
		}
		if !found {
			return fmt.Errorf("references non-existent key: %s", item.Key)
		}
		if err := replaceFile(filepath.Join(dir, item.Path), value); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile never lets a reader see half a token.
func replaceFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
