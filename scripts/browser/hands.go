package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Slide presses the mouse's button at a place of the window, moves to x1 in steps, and lets go.
func (t *Tab) Slide(x0, x1, y float64, steps int) error {
	do := func(kind input.DispatchMouseEventType, x float64) error {
		return chromedp.Do(t.ctx, chromedp.MouseEvent(kind, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
	if err := do(chromedp.MousePressed, x0); err != nil {
		return err
	}
	for i := 1; i <= steps; i++ {
		if err := do(chromedp.MouseMoved, x0+(x1-x0)*float64(i)/float64(steps)); err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return do(chromedp.MouseReleased, x1)
}

// Hover moves the mouse to a place of the window.
func (t *Tab) Hover(x, y float64) error {
	return chromedp.Do(t.ctx, chromedp.MouseEvent(chromedp.MouseMoved, x, y))
}

// codes are the virtual key codes of the keys that Hold knows by their names.
var codes = map[string]int64{"ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35, "PageUp": 33, "PageDown": 34, "F10": 121, "F11": 122}

// Hold presses a key and holds it down, so that it comes times times; with shift when it is wanted.
func (t *Tab) Hold(key string, shift bool, times int, every time.Duration) error {
	return chromedp.Do(t.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		p := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: key, Code: key, WindowsVirtualKeyCode: codes[key]}
		again := true
		if shift {
			p.Modifiers = 8
		}
		for range times {
			if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, p); err != nil {
				return err
			}
			p.AutoRepeat = &again
			time.Sleep(every)
		}
		p.Type, p.AutoRepeat = input.DispatchKeyEventTypeKeyUp, nil
		_, err := cdp.Call(ctx, target, input.DispatchKeyEvent, p)
		return err
	}))
}
