package browser

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Host serves a page of text from an origin of its own, as a site that embeds this one, and opens it.
func (t *Tab) Host(html string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	host := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, html)
	})}
	go host.Serve(listener)
	t.cancel = append(t.cancel, func() { host.Close() })
	return chromedp.Do(t.ctx, chromedp.Navigate("http://"+strings.Replace(listener.Addr().String(), "127.0.0.1", "localhost", 1)+"/"))
}

// Frame waits for an embedded document whose address contains part, and returns it. It must be of another origin than the
// page around it: only such a one is a target of the browser's.
func (t *Tab) Frame(part string, limit time.Duration) (*Tab, error) {
	for deadline := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		targets, err := chromedp.Targets(t.ctx)
		if err != nil {
			return nil, err
		}
		for _, f := range targets {
			if f.Type == "iframe" && strings.Contains(f.URL, part) {
				ctx, leave := chromedp.NewContext(t.ctx, chromedp.WithTargetID(f.TargetID), chromedp.WithDetachOnCancel())
				t.cancel = append([]context.CancelFunc{leave}, t.cancel...)
				return &Tab{ctx: ctx, URL: t.URL}, chromedp.Do(ctx)
			}
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("no frame %q: there are %v", part, targets)
		}
	}
}

// Wheel turns the wheel by dy CSS pixels over a place of the window.
func (t *Tab) Wheel(x, y, dy float64) error {
	turn := map[string]any{"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": dy} // the library leaves the zero out, which the browser wants
	return chromedp.Do(t.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		return target.Call(ctx, "Input.dispatchMouseEvent", turn, nil)
	}))
}

// Scheme has the reader prefer "dark" or "light".
func (t *Tab) Scheme(name string) error {
	media := map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": name}}}
	return chromedp.Do(t.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		return target.Call(ctx, "Emulation.setEmulatedMedia", media, nil)
	}))
}

// ClickAt clicks a place of the window.
func (t *Tab) ClickAt(x, y float64) error { return chromedp.Do(t.ctx, chromedp.MouseClickXY(x, y)) }

// Drag puts a finger on the window, moves it by dy and lifts it.
func (t *Tab) Drag(x, y, dy float64) error {
	return chromedp.Do(t.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		const steps = 10
		touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) error {
			_, err := cdp.Call(ctx, target, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, points...)})
			return err
		}
		if err := touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: x, Y: y}); err != nil {
			return err
		}
		for i := 1; i <= steps; i++ {
			if err := touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x, Y: y + dy*float64(i)/steps}); err != nil {
				return err
			}
		}
		time.Sleep(200 * time.Millisecond) // at rest, so that nothing goes on moving by itself
		if err := touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x, Y: y + dy}); err != nil {
			return err
		}
		return touch(input.DispatchTouchEventTypeTouchEnd)
	}))
}

// Listen calls f with each message that the page writes to the browser's console, and each exception that nothing caught.
func (t *Tab) Listen(f func(string)) {
	go func() {
		for m, err := range chromedp.Console(t.ctx) {
			if err != nil {
				return
			}
			f(m.String())
		}
	}()
}
