package kubelet

import (
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"
)

// patient holds a request back while the API server refuses connections. A
// watch that fails instead is tried again after up to a minute: with an API
// server that was down for 20 s the first new pod started 60 s after it was back.
type patient struct {
	next http.RoundTripper
}

func (p patient) RoundTrip(request *http.Request) (*http.Response, error) {
	for {
		response, err := p.next.RoundTrip(request)
		if !errors.Is(err, syscall.ECONNREFUSED) || request.Body != nil && request.GetBody == nil {
			return response, err
		}
		for refused := true; refused; {
			select {
			case <-request.Context().Done():
				return response, err
			case <-time.After(100 * time.Millisecond):
			}
			connection, dialErr := net.Dial("tcp", request.URL.Host)
			if refused = dialErr != nil; !refused {
				connection.Close()
			}
		}
		request = request.Clone(request.Context())
		if request.Body != nil {
			if request.Body, err = request.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}
