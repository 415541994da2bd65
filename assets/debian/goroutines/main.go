// Goroutines: many of them on few threads, channels between them, timers, and a collector that finds what nobody holds.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// sieve chains a goroutine for each prime: what passes all of them is the next one.
func sieve(n int) (primes []int) {
	source := make(chan int)
	go func(to chan<- int) {
		for i := 2; ; i++ {
			to <- i
		}
	}(source)
	for range n {
		p := <-source
		primes = append(primes, p)
		next := make(chan int)
		go func(from <-chan int, to chan<- int) {
			for i := range from {
				if i%p != 0 {
					to <- i
				}
			}
		}(source, next)
		source = next
	}
	return primes
}

// garbage makes lists that are dropped at once, and tells how often the collector had to come.
func garbage() bool {
	type node struct {
		next *node
		pad  [100]int
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 40 {
		var head *node
		for range 300 {
			head = &node{next: head}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	return after.NumGC > before.NumGC && after.HeapAlloc < 10<<20
}

func timers() (order []int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, ms := range []int{30, 10, 20} {
		wg.Add(1)
		time.AfterFunc(time.Duration(ms)*time.Millisecond, func() {
			defer wg.Done()
			mu.Lock()
			order = append(order, ms)
			mu.Unlock()
		})
	}
	wg.Wait()
	return order
}

func selects() string {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	timeout := time.After(15 * time.Millisecond)
	for ticks := 0; ; {
		select {
		case <-ticker.C:
			ticks++
		case <-timeout:
			return fmt.Sprintf("ticked: %v", ticks > 2)
		}
	}
}

func main() {
	fmt.Println("primes", sieve(12))
	var sum sync.Map
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Add(1)
		go func() { defer wg.Done(); runtime.Gosched(); sum.Store(i, i*i) }()
	}
	wg.Wait()
	total := 0
	sum.Range(func(_, v any) bool { total += v.(int); return true })
	fmt.Println("squares", total)
	fmt.Println("timers", timers())
	fmt.Println(selects())
	fmt.Println("collected", garbage())
	defer func() { fmt.Println("recovered:", recover()) }()
	var none *[]int
	fmt.Println(len(*none))
}
