// Goroutines, timers, files and a child process: what Go's runtime asks of a kernel.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

func main() {
	var wg sync.WaitGroup
	ch := make(chan int)
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func() { defer wg.Done(); time.Sleep(time.Millisecond); ch <- i }()
	}
	go func() { wg.Wait(); close(ch) }()
	sum := 0
	for v := range ch {
		sum += v
	}
	fmt.Println("sum", sum)
	os.WriteFile("/tmp/gofile", []byte("hello"), 0o644)
	b, err := os.ReadFile("/tmp/gofile")
	fmt.Println(string(b), err)
	out, err := exec.Command("/bin/sh", "-c", "echo sub; exit 3").CombinedOutput()
	fmt.Printf("%q %v\n", out, err)
	runtime.GC()
	_, err = os.Open("/none")
	fmt.Println(err)
	var m map[string]int
	defer func() { fmt.Println("recovered", recover()) }()
	m["x"] = 1
}
