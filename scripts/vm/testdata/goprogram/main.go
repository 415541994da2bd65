// Goprogram has what other programs have not: a run-time system with threads, signals and a collector of its own.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v := fib(18)
			mu.Lock()
			total += v
			mu.Unlock()
		}()
	}
	wg.Wait()
	fmt.Println(total, runtime.NumCPU())

	counts := map[string]int{}
	for i := range 20000 {
		counts[fmt.Sprint(i%777)] += i
	}
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	fmt.Println(len(keys), strings.Join(keys[:3], " "), counts["5"])
	runtime.GC()

	func() {
		defer func() { fmt.Println(recover()) }()
		var p *int
		fmt.Println(*p)
	}()
	select {
	case <-time.After(30 * time.Millisecond):
		fmt.Println("later")
	}
	if err := os.WriteFile("/tmp/f", []byte("data"), 0o644); err != nil {
		fmt.Println(err)
	}
	out, err := exec.Command("/bin/cat", "/tmp/f").Output()
	fmt.Println(string(out), err)
	os.Exit(3)
}
