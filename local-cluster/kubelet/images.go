package kubelet

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// image replaces a container image: Docker's ENTRYPOINT, CMD and ENV.
type image struct {
	Command []string          `json:"command"`
	Args    []string          `json:"args"`
	Env     map[string]string `json:"env"`
}

// findImage reads the file each time, so that a test can "push" an image.
func findImage(file, name string) (image, error) {
	images := map[string]image{}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return image{}, err
		}
		if err := json.Unmarshal(text, &images); err != nil {
			return image{}, fmt.Errorf("%s: %w", file, err)
		}
	}
	found, ok := images[name]
	if !ok {
		return image{}, fmt.Errorf("failed to pull and unpack image %q: %s: not found", name, name)
	}
	return found, nil
}

// commandLine combines image and container as Docker does: a container's
// command replaces entrypoint and CMD, its args replace only CMD. $(NAME) is
// resolved in what the container says, not in what the image says.
func commandLine(i image, c *corev1.Container, env map[string]string) []string {
	mapping := expansion.MappingFuncFor(env)
	expanded := func(words []string) []string {
		result := make([]string, 0, len(words))
		for _, word := range words {
			result = append(result, expansion.Expand(word, mapping))
		}
		return result
	}
	line, arguments := slices.Clone(i.Command), i.Args
	if len(c.Command) > 0 {
		line, arguments = expanded(c.Command), nil
	}
	if len(c.Args) > 0 {
		arguments = expanded(c.Args)
	}
	return append(line, arguments...)
}
