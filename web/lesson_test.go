package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// Every machine of the lesson comes to life when it is scrolled to, its buttons and its table work, and the browser has
// nothing to complain of.
func TestLesson(t *testing.T) {
	needPage(t)
	tab, err := browser.Open(dist, 1280, 900, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	said := heard(tab)
	must(t, tab.Go("embed.html"))
	time.Sleep(3*time.Second)
	must(t, tab.Shot(shots+"lesson-1280.png"))
	for i, id := range strings.Fields("boot cow walk time console locked driven telling left narrow") {
		script(t, tab, fmt.Sprintf(`document.getElementById(%q).scrollIntoView({ block: "center" })`, id))
		asked(t, tab, fmt.Sprintf(`document.getElementById(%q).ready`, id))
		time.Sleep(4*time.Second)
		must(t, tab.Shot(fmt.Sprintf("%slesson-%d-%s.png", shots, i, id)))
	}
	if text := said(); text != "" {
		t.Errorf("the browser's console says:\n%s", text)
	}
}
