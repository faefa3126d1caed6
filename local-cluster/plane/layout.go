package plane

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// NodeName is the name of the one node.
const NodeName = "slc-node"

// layout is what one start decided: folder, ports and tokens.
type layout struct {
	dir, images            string
	apiPort, kubeletPort   int
	adminToken, componentT string
}

// Description is written to cluster.json for the program that drives the cluster.
type Description struct {
	Kubeconfig string `json:"kubeconfig"`
	Server     string `json:"server"`
	AdminToken string `json:"adminToken"`
	CAFile     string `json:"caFile"`
	Node       string `json:"node"`
}

func (l *layout) path(parts ...string) string {
	return filepath.Join(append([]string{l.dir}, parts...)...)
}

func (l *layout) pki(name string) string { return l.path("pki", name) }

func (l *layout) server() string { return fmt.Sprintf("https://127.0.0.1:%d", l.apiPort) }

// newLayout mints everything that a start needs and writes it below dir.
func newLayout(dir, images string) (*layout, error) {
	l := &layout{dir: dir, images: images, adminToken: mintToken(), componentT: mintToken()}
	for _, folder := range []string{"", "logs", "pods"} {
		if err := os.MkdirAll(l.path(folder), 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if l.apiPort, err = freePort(0); err != nil {
		return nil, err
	}
	if l.kubeletPort, err = freePort(l.apiPort); err != nil {
		return nil, err
	}
	if err := mintPKI(l.path("pki")); err != nil {
		return nil, err
	}
	tokens := strings.Join([]string{
		l.adminToken + `,slc-admin,slc-admin,"system:masters"`,
		l.componentT + `,slc-component,slc-component,"system:masters"`, "",
	}, "\n")
	if err := os.WriteFile(l.pki("tokens.csv"), []byte(tokens), 0o600); err != nil {
		return nil, err
	}
	if err := l.writeKubeconfig("kubeconfig", "slc-admin", l.adminToken); err != nil {
		return nil, err
	}
	if err := l.writeKubeconfig("pki/component.kubeconfig", "slc-component", l.componentT); err != nil {
		return nil, err
	}
	description, err := json.MarshalIndent(Description{l.path("kubeconfig"), l.server(), l.adminToken, l.pki("ca.crt"), NodeName}, "", "  ")
	if err != nil {
		return nil, err
	}
	return l, os.WriteFile(l.path("cluster.json"), append(description, '\n'), 0o600)
}

func (l *layout) writeKubeconfig(name, user, token string) error {
	ca, err := os.ReadFile(l.pki("ca.crt"))
	if err != nil {
		return err
	}
	const context = "slc-test"
	config := clientcmdapi.NewConfig()
	config.Clusters[context] = &clientcmdapi.Cluster{Server: l.server(), CertificateAuthorityData: ca}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts[context] = &clientcmdapi.Context{Cluster: context, AuthInfo: user, Namespace: "default"}
	config.CurrentContext = context
	return clientcmd.WriteToFile(*config, l.path(name)) // 0600 for a new file
}

// freePort stays below the range from which the system takes the local ports of
// outgoing connections (32768 and up): a component that is down for a while must
// find its port free again.
func freePort(taken int) (int, error) {
	for range 200 {
		port := 20000 + rand.IntN(12000)
		if port == taken {
			continue
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, fmt.Errorf("no free port between 20000 and 32000")
}
