// Package plane starts, stops and describes the parts of the control plane.
package plane

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// The components, by the names that `cluster stop` and `cluster start` take.
const (
	Etcd              = "etcd"
	APIServer         = "apiserver"
	ControllerManager = "controller-manager"
	Scheduler         = "scheduler"
	Node              = "node"
)

// Components in the order in which they are started; they are stopped in the opposite one.
var Components = []string{Etcd, APIServer, ControllerManager, Scheduler, Node}

// The lifeline is a pipe whose other end `up` holds and never writes to.
const lifelineFd = 3

// ParentGone is closed when `up` has died, however it did: no component outlives it.
func ParentGone() <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		pipe := os.NewFile(lifelineFd, "lifeline")
		_, _ = pipe.Read(make([]byte, 1))
		close(gone)
	}()
	return gone
}

// RunComponent runs a component of the control plane in this process until it ends.
func RunComponent(name string, args []string) error {
	var command *cobra.Command
	switch name {
	case Etcd:
		return runEtcd(args)
	case APIServer:
		command = apiserver.NewAPIServerCommand()
	case ControllerManager:
		command = controllers.NewControllerManagerCommand()
	case Scheduler:
		command = scheduler.NewSchedulerCommand()
	default:
		return fmt.Errorf("no component is called %q", name)
	}
	command.SetArgs(args)
	if code := cli.Run(command); code != 0 {
		return fmt.Errorf("%s ended with code %d", name, code)
	}
	return nil
}

// runEtcd takes the data folder. etcd listens on sockets in the working
// directory: no port, and nobody but the folder's owner reaches it.
func runEtcd(args []string) error {
	if len(args) != 1 {
		return errors.New("etcd takes one argument, its data folder")
	}
	config := embed.NewConfig()
	config.Dir = args[0]
	config.LogLevel = "warn"
	config.LogOutputs = []string{"stderr"}
	config.UnsafeNoFsync = true
	config.AutoCompactionMode = "periodic"
	config.AutoCompactionRetention = "10m"
	client, peer := socketURL(etcdSocket), socketURL(etcdPeerSocket)
	config.ListenClientUrls, config.AdvertiseClientUrls = client, client
	config.ListenPeerUrls, config.AdvertisePeerUrls = peer, peer
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	server, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
		server.Close()
		return nil
	case err := <-server.Err():
		return err
	}
}

const (
	etcdSocket     = "etcd.sock"
	etcdPeerSocket = "etcd-peer.sock"
)

func socketURL(name string) []url.URL {
	return []url.URL{{Scheme: "unix", Host: name}}
}

// Kubectl runs kubectl and ends the process.
func Kubectl(args []string) {
	os.Args = append([]string{"kubectl"}, args...)
	_, _ = logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
	os.Exit(0)
}
