package plane

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
)

const (
	controlSocket = "control.sock"
	controlOK     = "ok"
)

// listen serves commands of one line on a socket in the data folder; the answer
// is text that ends with a line "ok", or one line that says what went wrong.
func (s *supervisor) listen() (net.Listener, error) {
	_ = os.Remove(controlSocket) // we hold the lock: it is a dead supervisor's
	listener, err := net.Listen("unix", controlSocket)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(connection)
		}
	}()
	return listener, nil
}

func (s *supervisor) serve(connection net.Conn) {
	defer connection.Close()
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return
	}
	answer, err := s.command(strings.Fields(line))
	if err != nil {
		fmt.Fprintf(connection, "%v\n", err)
		return
	}
	fmt.Fprintf(connection, "%s%s\n", answer, controlOK)
}

func (s *supervisor) command(words []string) (string, error) {
	switch {
	case len(words) == 1 && words[0] == "status":
		return s.status(), nil
	case len(words) == 2 && words[0] == "stop" && slices.Contains(Components, words[1]):
		return "", s.stop(words[1])
	case len(words) == 2 && words[0] == "start" && slices.Contains(Components, words[1]):
		if err := s.start(words[1]); err != nil || words[1] != APIServer {
			return "", err
		}
		return "", s.restartFollowers()
	}
	return "", fmt.Errorf("not a command: %q; components are %s", strings.Join(words, " "), strings.Join(Components, ", "))
}

// restartFollowers does after an outage what a kubelet does with controllers and
// scheduler that lost their lease, or that ended when they found no API server at
// their start. Otherwise their watches pause for up to a minute. One that a test
// has stopped stays stopped.
func (s *supervisor) restartFollowers() error {
	for _, name := range []string{ControllerManager, Scheduler} {
		if s.isStopped(name) {
			continue
		}
		_ = s.stop(name) // an error: it ended by itself
		if err := s.start(name); err != nil {
			return err
		}
	}
	return nil
}

// isStopped says whether a test has stopped a component.
func (s *supervisor) isStopped(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.children[name]
	return c == nil || c.stopped
}

func (s *supervisor) status() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var text strings.Builder
	for _, name := range Components {
		state := "stopped"
		if c := s.children[name]; c != nil && c.running() {
			state = fmt.Sprint(c.command.Process.Pid)
		}
		fmt.Fprintf(&text, "%s %s\n", name, state)
	}
	return text.String()
}

// Ask sends a command to the cluster that runs on a data folder.
func Ask(command string, args []string) error {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = command+" "+args[0], args[1:]
	}
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	data := flags.String("data", "", "the running cluster's data folder (required)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *data == "" || flags.NArg() > 0 {
		return errors.New("usage: cluster stop|start NAME --data DIR, or cluster status --data DIR")
	}
	if err := os.Chdir(*data); err != nil {
		return err
	}
	connection, err := net.Dial("unix", controlSocket)
	if err != nil {
		return fmt.Errorf("no cluster runs on %s", *data)
	}
	defer connection.Close()
	fmt.Fprintln(connection, command)
	answer, err := io.ReadAll(connection)
	if err != nil {
		return err
	}
	text, ok := strings.CutSuffix(string(answer), controlOK+"\n")
	if !ok {
		return errors.New(strings.TrimSpace(string(answer)))
	}
	fmt.Print(text)
	return nil
}
