package plane

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"slc.test/cluster/process"
)

// supervisor holds the components of one cluster as child processes.
type supervisor struct {
	*layout
	ctx      context.Context // ends when the cluster is asked to stop
	self     string
	mu       sync.Mutex // one command at a time
	children map[string]*child
	ended    chan string // "name: how", for a component that nobody stopped
}

type child struct {
	command  *exec.Cmd
	lifeline *os.File
	stopped  bool
	done     chan struct{}
}

// Up starts the cluster and holds it until a signal, or until standard input
// closes where that is asked for.
func Up(args []string) error {
	flags := flag.NewFlagSet("up", flag.ContinueOnError)
	data := flags.String("data", "", "folder of everything that this cluster writes (required)")
	images := flags.String("images", "", "JSON file: image name to local command")
	untilStdin := flags.Bool("until-stdin-closes", false, "stop when standard input closes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	if *untilStdin {
		go func() {
			buffer := make([]byte, 256)
			for {
				if _, err := os.Stdin.Read(buffer); err != nil {
					cancel()
					return
				}
			}
		}()
	}
	s, err := newSupervisor(ctx, *data, *images)
	if err != nil {
		return err
	}
	defer s.stopAll()
	control, err := s.listen()
	if err != nil {
		return err
	}
	defer control.Close()
	if err := s.startAll(); err != nil {
		if ctx.Err() != nil {
			return nil // asked to stop while starting
		}
		return err
	}
	fmt.Printf("ready %s\n", s.path("kubeconfig"))
	for {
		select {
		case <-ctx.Done():
			return nil
		case message := <-s.ended:
			fmt.Fprintf(os.Stderr, "cluster: %s\n", message)
		}
	}
}

func newSupervisor(ctx context.Context, data, images string) (*supervisor, error) {
	if data == "" {
		return nil, errors.New("--data is required")
	}
	dir, err := filepath.Abs(data)
	if err != nil {
		return nil, err
	}
	if images != "" {
		if images, err = filepath.Abs(images); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o700); err != nil { // etcd's socket asks for no credentials
		return nil, err
	}
	if err := lock(filepath.Join(dir, "lock")); err != nil {
		return nil, fmt.Errorf("%s belongs to a running cluster", dir)
	}
	// Sockets are named relative to the folder: their names may have 107 bytes only.
	if err := os.Chdir(dir); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l, err := newLayout(dir, images)
	if err != nil {
		return nil, err
	}
	return &supervisor{ctx: ctx, layout: l, self: self, children: map[string]*child{}, ended: make(chan string, 16)}, nil
}

// lock is held until this process ends.
func lock(path string) error {
	fd, err := syscall.Open(path, syscall.O_CREAT|syscall.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	return syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB)
}

func (s *supervisor) startAll() error {
	for _, name := range Components {
		if err := s.start(name); err != nil {
			return err
		}
	}
	return s.waitUsable()
}

// start starts a component that is not running and waits until it answers.
func (s *supervisor) start(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.children[name]; c != nil && c.running() {
		return fmt.Errorf("%s is running already", name)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	log, err := os.OpenFile(s.path("logs", name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(s.self, append([]string{"component", name}, s.arguments(name)...)...)
	command.Dir, command.Stdout, command.Stderr = s.dir, log, log
	command.ExtraFiles = []*os.File{read}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is only for the supervisor
	if err := command.Start(); err != nil {
		write.Close()
		return err
	}
	c := &child{command: command, lifeline: write, done: make(chan struct{})}
	s.children[name] = c
	go s.reap(name, c)
	return s.waitAnswering(name, c)
}

func (s *supervisor) reap(name string, c *child) {
	err := c.command.Wait()
	c.lifeline.Close()
	close(c.done)
	s.mu.Lock()
	stopped := c.stopped
	s.mu.Unlock()
	if !stopped {
		s.ended <- fmt.Sprintf("%s ended by itself (%v), see %s", name, err, s.path("logs", name+".log"))
	}
}

// stop kills a component as a crash would.
func (s *supervisor) stop(name string) error {
	return s.end(name, syscall.SIGKILL)
}

func (s *supervisor) end(name string, signal syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.children[name]
	if c == nil || !c.running() {
		return fmt.Errorf("%s is not running", name)
	}
	c.stopped = true
	_ = c.command.Process.Signal(signal)
	select {
	case <-c.done:
	case <-time.After(10 * time.Second):
		_ = c.command.Process.Kill()
		<-c.done
	}
	if name == Node {
		process.KillMarked(process.PodsMarker + "=" + s.path("pods"))
	}
	return nil
}

// stopAll ends everything: the node and etcd in order, the others at once.
func (s *supervisor) stopAll() {
	for _, name := range slices.Backward(Components) {
		signal := syscall.SIGKILL
		if name == Node || name == Etcd {
			signal = syscall.SIGTERM
		}
		_ = s.end(name, signal)
	}
	for _, name := range []string{controlSocket, etcdSocket, etcdPeerSocket} {
		_ = os.Remove(s.path(name))
	}
}

func (c *child) running() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}
