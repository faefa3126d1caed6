package kubelet

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/errdefs"
	"github.com/virtual-kubelet/virtual-kubelet/node/api"
)

const (
	logLineMax    = 256 * 1024 // a longer line becomes several
	followPoll    = 100 * time.Millisecond
	timestampForm = "2006-01-02T15:04:05.000000000Z07:00"
)

type tailZero struct{}

// withExplicitTail marks requests for zero lines, which virtual-kubelet hands on
// just like requests for all of them.
func withExplicitTail(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("tailLines") == "0" {
			r = r.WithContext(context.WithValue(r.Context(), tailZero{}, true))
		}
		next.ServeHTTP(w, r)
	})
}

// writeLog copies what a container writes, each line with the time of its arrival.
func writeLog(path string, from io.Reader) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		_, _ = io.Copy(io.Discard, from)
		return
	}
	defer file.Close()
	reader := bufio.NewReaderSize(from, logLineMax)
	for {
		text, err := reader.ReadSlice('\n')
		if len(text) > 0 {
			line := append(time.Now().UTC().AppendFormat(nil, timestampForm), ' ')
			line = append(line, text...)
			if errors.Is(err, bufio.ErrBufferFull) {
				line = append(line, '\n')
			}
			_, _ = file.Write(line)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// GetContainerLogs streams a container's log.
func (p *provider) GetContainerLogs(ctx context.Context, namespace, name, containerName string, opts api.ContainerLogOpts) (io.ReadCloser, error) {
	found := p.find(namespace, name)
	if found == nil {
		return nil, errdefs.NotFoundf("pod %s/%s is not on this node", namespace, name)
	}
	source, err := found.instance(containerName, opts.Previous)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(source.log)
	if errors.Is(err, os.ErrNotExist) {
		return io.NopCloser(strings.NewReader("")), nil // started this instant
	}
	if err != nil {
		return nil, err
	}
	read, write := io.Pipe()
	go func() {
		defer file.Close()
		write.CloseWithError(stream(ctx, write, file, source.done, opts))
	}()
	return read, nil
}

// instance is the newest start of a container, or the one before.
func (p *pod) instance(name string, previous bool) (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.containers[name]
	if c == nil {
		return nil, errdefs.InvalidInputf("container %s is not valid for pod %s", name, p.object.Name)
	}
	index := len(c.instances) - 1
	if previous {
		index--
	}
	switch {
	case index >= 0:
		return c.instances[index], nil
	case previous:
		return nil, errdefs.InvalidInputf("previous terminated container %q in pod %q not found", name, p.object.Name)
	case c.status.State.Waiting != nil:
		return nil, errdefs.InvalidInputf("container %q in pod %q is waiting to start: %s", name, p.object.Name, c.status.State.Waiting.Reason)
	}
	return nil, errdefs.InvalidInputf("container %q in pod %q is terminated", name, p.object.Name)
}

// stream writes the lines that opts ask for, then new ones until done closes.
func stream(ctx context.Context, to io.Writer, file *os.File, done <-chan struct{}, opts api.ContainerLogOpts) error {
	out := &logOutput{to: to, opts: opts, since: opts.SinceTime}
	if opts.SinceSeconds > 0 {
		out.since = time.Now().Add(-time.Duration(opts.SinceSeconds) * time.Second)
	}
	ended := closed(done) // asked before reading: all of an ended log is read below
	reader := bufio.NewReaderSize(file, logLineMax)
	var partial []byte
	next := func() ([]byte, bool) { // a line, or false at the end of what is there
		text, err := reader.ReadBytes('\n')
		partial = append(partial, text...)
		if err != nil && (!ended || len(partial) == 0) {
			return nil, false
		}
		line := partial
		partial = nil
		return line, true
	}
	tail := [][]byte{}
	limit := opts.Tail
	keepAll := limit == 0 && ctx.Value(tailZero{}) == nil
	for line, ok := next(); ok; line, ok = next() {
		if keepAll {
			if err := out.write(line); err != nil {
				return ignoreFull(err)
			}
			continue
		}
		if tail = append(tail, line); len(tail) > limit {
			tail = tail[1:]
		}
	}
	for _, line := range tail {
		if err := out.write(line); err != nil {
			return ignoreFull(err)
		}
	}
	for opts.Follow && !ended {
		select {
		case <-ctx.Done():
			return nil
		case <-done:
			ended = true
		case <-time.After(followPoll):
		}
		for line, ok := next(); ok; line, ok = next() {
			if err := out.write(line); err != nil {
				return ignoreFull(err)
			}
		}
	}
	return nil
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
