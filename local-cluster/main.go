// Command cluster is a real Kubernetes control plane for tests in one binary:
// etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl as
// released, and a node of ours that runs containers as local processes.
package main

import (
	"errors"
	"fmt"
	"os"
	_ "time/tzdata" // CronJob time zones on machines without zoneinfo

	"slc.test/cluster/kubelet"
	"slc.test/cluster/plane"
)

const usage = `usage:
  cluster up --data DIR [--images FILE] [--until-stdin-closes]   start everything, print "ready <kubeconfig>", stop on SIGTERM or SIGINT
  cluster stop NAME --data DIR       kill -9 one component of a running cluster
  cluster start NAME --data DIR      start it again, and wait until it answers
  cluster status --data DIR          one line per component: name, process id or "stopped"
  cluster kubectl ...                kubectl
components: etcd, apiserver, controller-manager, scheduler, node
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	command, args := os.Args[1], os.Args[2:]
	var err error
	switch command {
	case "up":
		err = plane.Up(args)
	case "stop", "start", "status":
		err = plane.Ask(command, args)
	case "kubectl":
		plane.Kubectl(args)
	case "component":
		err = component(args)
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "cluster %s: %v\n", command, err)
		os.Exit(1)
	}
}

// component runs one part of the control plane in this process. `up` starts
// each as a child, with a pipe that closes when `up` dies.
func component(args []string) error {
	if len(args) == 0 {
		return errors.New("which component?")
	}
	gone := plane.ParentGone()
	if args[0] == plane.Node {
		return kubelet.Run(args[1:], gone)
	}
	go func() {
		<-gone
		os.Exit(1)
	}()
	return plane.RunComponent(args[0], args[1:])
}
