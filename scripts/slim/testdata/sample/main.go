// Sample does what a Go program's runtime needs its tables for: it grows stacks, collects garbage with live pointers on them,
// runs deferred calls, panics and recovers through inlined functions, and switches between goroutines.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
)

type node struct {
	left, right *node
	value       int
}

func build(depth, value int) *node {
	if depth == 0 {
		return &node{value: value}
	}
	return &node{build(depth-1, 2*value), build(depth-1, 2*value+1), value}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.value + n.left.sum() + n.right.sum()
}

// deep needs a stack that is moved, with pointers into it, while garbage is collected.
func deep(n int, p *[16]int) int {
	var local [16]int
	local[n%16] = p[(n+1)%16] + n
	if n%4096 == 0 {
		runtime.GC()
	}
	if n == 0 {
		return local[0]
	}
	return deep(n-1, &local)
}

func index(a []int, i int) int { return a[i] } // inlined: its bounds are checked in the caller

func caught(name string, f func()) {
	defer func() {
		switch r := recover().(type) {
		case runtime.Error:
			fmt.Println(name, "runtime error:", r)
		case error:
			fmt.Println(name, "error:", r)
		default:
			fmt.Println(name, "value:", r)
		}
	}()
	f()
}

func many() (out string) {
	for i := range 5 {
		defer func() { out += fmt.Sprint(i, " ") }()
	}
	return "deferred "
}

func main() {
	tree := build(14, 1)
	fmt.Println("deep", deep(50000, &[16]int{5}), "tree", tree.sum())
	var none *node
	caught("index", func() { fmt.Println(index([]int{1, 2}, len(os.Args)+3)) })
	caught("nil", func() { fmt.Println(none.value) })
	caught("map", func() { var m map[string]int; m["a"] = 1 })
	caught("again", func() {
		defer func() { panic(fmt.Errorf("second after %v", recover())) }()
		panic(errors.New("first"))
	})
	caught("none", func() {})
	fmt.Println(many())

	var wait sync.WaitGroup
	results := make(chan int, 64)
	for i := range 64 {
		wait.Go(func() { results <- deep(i*20, &[16]int{i}) })
	}
	wait.Wait()
	close(results)
	var all []int
	for r := range results {
		all = append(all, r)
	}
	sort.Ints(all)
	fmt.Println(all)
	caught("exit", func() {
		done := make(chan bool)
		go func() { defer close(done); runtime.Goexit() }()
		<-done
		panic(strings.Repeat("x", 3))
	})
}
