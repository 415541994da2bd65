// Package browser drives a headless Chromium for tests, screenshots and benchmarks.
package browser

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Tab is a page in a browser of its own.
type Tab struct {
	ctx    context.Context
	cancel []context.CancelFunc
	server *http.Server
	URL    string // of the served folder
}

// Open serves folder under a path prefix, as a plain static host would, and starts Chromium with a blank page.
func Open(folder string, width, height int, scale float64) (*Tab, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	const prefix = "/some/course/"
	mux := http.NewServeMux()
	mux.Handle(prefix, http.StripPrefix(prefix, open(http.FileServer(http.Dir(folder)))))
	t := &Tab{server: &http.Server{Handler: mux}, URL: "http://" + listener.Addr().String() + prefix}
	go t.server.Serve(listener)

	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.WindowSize(width, height), chromedp.ExecPath(executable()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("force-device-scale-factor", fmt.Sprint(scale)), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("enable-unsafe-swiftshader", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.ctx, t.cancel = ctx, []context.CancelFunc{closeTab, stop}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height), chromedp.EmulateScale(scale))); err != nil {
		t.Close()
		return nil, fmt.Errorf("starting Chromium: %w", err)
	}
	return t, nil
}

// open lets pages of other origins fetch.
func open(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		site.ServeHTTP(w, r)
	})
}

func executable() string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	return "chromium"
}

// Close ends the browser and the server.
func (t *Tab) Close() {
	for _, c := range t.cancel {
		c()
	}
	t.server.Close()
}

// Go opens a page; path is relative to URL and may carry a fragment.
func (t *Tab) Go(path string) error { return chromedp.Do(t.ctx, chromedp.Navigate(t.URL+path)) }

// Eval evaluates JavaScript.
func Eval[T any](t *Tab, expression string) (T, error) {
	return chromedp.Run(t.ctx, chromedp.Evaluate[T](expression))
}

// Text returns the text of the element with the given id.
func (t *Tab) Text(id string) (string, error) {
	return Eval[string](t, fmt.Sprintf("(document.getElementById(%q) || {textContent: ''}).textContent", id))
}

// WaitText waits until the element's text contains want, and returns the text.
func (t *Tab) WaitText(id, want string, limit time.Duration) (string, error) {
	return t.WaitFor(id, limit, func(text string) bool { return strings.Contains(text, want) })
}

// WaitFor waits until the element's text is as wished.
func (t *Tab) WaitFor(id string, limit time.Duration, ok func(string) bool) (string, error) {
	deadline := time.Now().Add(limit)
	for {
		text, err := t.Text(id)
		if err == nil && ok(text) {
			return text, nil
		}
		if time.Now().After(deadline) {
			return text, fmt.Errorf("%s: waited %v in vain; it shows:\n%s (%v)", id, limit, text, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Click clicks the element with the given id with the mouse.
func (t *Tab) Click(id string) error { return chromedp.Do(t.ctx, chromedp.Click("#"+id)) }

// Type types keys to whatever has the keyboard.
func (t *Tab) Type(keys string) error { return chromedp.Do(t.ctx, chromedp.KeyEvent(keys)) }

// Shot writes a screenshot of what is seen.
func (t *Tab) Shot(path string) error {
	png, err := chromedp.Run(t.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, png, 0o644)
}

// Upload chooses files in the file input with the given id.
func (t *Tab) Upload(id string, paths ...string) error {
	return chromedp.Do(t.ctx, chromedp.SetUploadFiles("#"+id, paths))
}

// Resize gives the window another size, in CSS pixels.
func (t *Tab) Resize(width, height int, scale float64) error {
	return chromedp.Do(t.ctx, chromedp.EmulateViewport(int64(width), int64(height), chromedp.EmulateScale(scale)))
}

// Visit opens a whole address, such as a file's.
func (t *Tab) Visit(address string) error { return chromedp.Do(t.ctx, chromedp.Navigate(address)) }
