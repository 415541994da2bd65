package main

import (
	"fmt"
	"time"

	"vitrine/scripts/browser"
)

// start opens the page twice in Chromium and prints how long the second time took, with everything in the cache.
func start(site string) error {
	tab, err := browser.Open(site, 1440, 900, 1)
	if err != nil {
		fmt.Println("start: not measured,", err)
		return nil
	}
	defer tab.Close()
	for range 2 {
		if err := tab.Go("index.html"); err != nil {
			return err
		}
		if _, err := tab.WaitText("console-text", "~ #", 2*time.Minute); err != nil {
			return err
		}
	}
	time.Sleep(time.Second) // the machine may be faster than its picture
	times, err := browser.Eval[[]float64](tab, `[performance.getEntriesByName("first-contentful-paint")[0].startTime, ...["live", "prompt"].map((name) => (performance.getEntriesByName(name)[0] || {startTime: 0}).startTime)]`)
	if err != nil {
		return err
	}
	fmt.Printf("start, warm cache: first picture %.2f s of 0.3; canvas live %.2f s; prompt %.2f s of 2 (the boot is shown step by step where there is a canvas)\n",
		times[0]/1000, times[1]/1000, times[2]/1000)
	return nil
}
