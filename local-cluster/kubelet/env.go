package kubelet

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

const serviceAccountMount = "/var/run/secrets/kubernetes.io/serviceaccount"

// environment is everything that a container's process sees: of this machine it
// gets only PATH. Later entries win: image, node, envFrom, env.
func (p *pod) environment(c *corev1.Container, img image) (map[string]string, error) {
	env := map[string]string{
		"PATH":     os.Getenv("PATH"),
		"HOME":     filepath.Join(p.dir, "work"),
		"TMPDIR":   filepath.Join(p.dir, "tmp"),
		"HOSTNAME": p.object.Name,
	}
	maps.Copy(env, img.Env)
	env["KUBERNETES_SERVICE_HOST"] = "127.0.0.1"
	env["KUBERNETES_SERVICE_PORT"] = strconv.Itoa(p.apiServerPort)
	env["SLC_VOLUMES_DIR"] = filepath.Join(p.dir, "volumes")
	for _, mount := range c.VolumeMounts {
		if mount.MountPath == serviceAccountMount {
			env["SLC_SERVICEACCOUNT_DIR"] = filepath.Join(p.dir, "volumes", mount.Name)
		}
	}
	for _, source := range c.EnvFrom {
		data, err := p.envFrom(source)
		if err != nil {
			return nil, err
		}
		for name, value := range data {
			env[source.Prefix+name] = value
		}
	}
	mapping := expansion.MappingFuncFor(env)
	for _, entry := range c.Env {
		if entry.ValueFrom == nil {
			env[entry.Name] = expansion.Expand(entry.Value, mapping)
			continue
		}
		value, found, err := p.valueFrom(entry.ValueFrom)
		if err != nil {
			return nil, err
		}
		if found {
			env[entry.Name] = value
		}
	}
	return env, nil
}

func (p *pod) envFrom(source corev1.EnvFromSource) (map[string]string, error) {
	switch {
	case source.SecretRef != nil:
		return p.secret(source.SecretRef.Name, source.SecretRef.Optional)
	case source.ConfigMapRef != nil:
		return p.configMap(source.ConfigMapRef.Name, source.ConfigMapRef.Optional)
	}
	return nil, nil
}

// valueFrom says false for an optional value that is not there.
func (p *pod) valueFrom(source *corev1.EnvVarSource) (string, bool, error) {
	switch {
	case source.SecretKeyRef != nil:
		ref := source.SecretKeyRef
		data, err := p.secret(ref.Name, ref.Optional)
		return keyOf(data, ref.Key, ref.Optional, "Secret", err)
	case source.ConfigMapKeyRef != nil:
		ref := source.ConfigMapKeyRef
		data, err := p.configMap(ref.Name, ref.Optional)
		return keyOf(data, ref.Key, ref.Optional, "ConfigMap", err)
	case source.FieldRef != nil:
		value, err := p.field(source.FieldRef.FieldPath)
		return value, err == nil, err
	}
	return "", false, fmt.Errorf("this node resolves secretKeyRef, configMapKeyRef and fieldRef only")
}

func keyOf(data map[string]string, key string, optional *bool, kind string, err error) (string, bool, error) {
	if err != nil {
		return "", false, err
	}
	value, found := data[key]
	if !found && !isTrue(optional) {
		return "", false, fmt.Errorf("couldn't find key %s in %s", key, kind)
	}
	return value, found, nil
}

func (p *pod) field(path string) (string, error) {
	switch path {
	case "metadata.name":
		return p.object.Name, nil
	case "metadata.namespace":
		return p.object.Namespace, nil
	case "metadata.uid":
		return string(p.object.UID), nil
	case "spec.nodeName":
		return p.object.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return p.object.Spec.ServiceAccountName, nil
	case "status.podIP", "status.hostIP":
		return "127.0.0.1", nil
	}
	for kind, values := range map[string]map[string]string{"labels": p.object.Labels, "annotations": p.object.Annotations} {
		for name, value := range values {
			if path == "metadata."+kind+"['"+name+"']" {
				return value, nil
			}
		}
	}
	return "", fmt.Errorf("this node does not resolve the field %s", path)
}

func (p *pod) secret(name string, optional *bool) (map[string]string, error) {
	found, err := p.client.CoreV1().Secrets(p.object.Namespace).Get(p.stopCtx, name, metav1.GetOptions{})
	if err != nil {
		return nil, missing(err, optional)
	}
	data := make(map[string]string, len(found.Data))
	for key, value := range found.Data {
		data[key] = string(value)
	}
	return data, nil
}

func (p *pod) configMap(name string, optional *bool) (map[string]string, error) {
	found, err := p.client.CoreV1().ConfigMaps(p.object.Namespace).Get(p.stopCtx, name, metav1.GetOptions{})
	if err != nil {
		return nil, missing(err, optional)
	}
	data := maps.Clone(found.Data)
	if data == nil {
		data = map[string]string{}
	}
	for key, value := range found.BinaryData {
		data[key] = string(value)
	}
	return data, nil
}

func missing(err error, optional *bool) error {
	if apierrors.IsNotFound(err) && isTrue(optional) {
		return nil
	}
	return err
}

func isTrue(value *bool) bool { return value != nil && *value }

func environ(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list
}
