package kubelet

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/node/api"
)

var errFull = errors.New("limitBytes reached")

func ignoreFull(err error) error {
	if errors.Is(err, errFull) {
		return nil
	}
	return err
}

// logOutput writes stored lines as the request wants them.
type logOutput struct {
	to      io.Writer
	opts    api.ContainerLogOpts
	since   time.Time
	written int
}

func (o *logOutput) write(line []byte) error {
	stamp, text, _ := bytes.Cut(line, []byte(" "))
	if !o.since.IsZero() {
		if at, err := time.Parse(time.RFC3339Nano, string(stamp)); err == nil && at.Before(o.since) {
			return nil
		}
	}
	if o.opts.Timestamps {
		text = line
	}
	full := o.opts.LimitBytes > 0 && o.written+len(text) >= o.opts.LimitBytes
	if full {
		text = text[:o.opts.LimitBytes-o.written]
	}
	count, err := o.to.Write(text)
	o.written += count
	if err == nil && full {
		return errFull
	}
	return err
}

// logTail is the end of a log without its timestamps, for a termination message.
func logTail(path string, lines, size int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	all = all[max(0, len(all)-lines):]
	for i, line := range all {
		_, all[i], _ = strings.Cut(line, " ")
	}
	tail := strings.Join(all, "\n")
	return strings.ToValidUTF8(tail[max(0, len(tail)-size):], "")
}
