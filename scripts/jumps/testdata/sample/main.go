// Sample has code of all the shapes that Go compiles to jumps; the test runs it before and after they were rewritten.
package main

import (
	"fmt"
	"sort"
	"strings"
	"sync"
)

func main() {
	for n := range 40 {
		fmt.Println(n, dense(n), dense(-n), sparse(int8(n*7)), classify(n), collatz(n+1), search(n), recovers(n))
	}
	fmt.Println(words("the quick brown fox jumps over the lazy dog over the moon"))
	fmt.Println(workers(8))
}

// dense becomes a table: of values from 0, with a default, with holes.
//
//go:noinline
func dense(n int) int {
	switch n {
	case 0, 1:
		return 100
	case 2:
		n += 5
	case 3:
		n *= n
	case 5, 6, 7, 9:
		return n << 3
	case 8:
		n = -n
	case 11:
		return 7
	case 12, 13, 14:
		n ^= 5
	case 30:
		n--
	default:
		n = 1000 - n
	}
	return 3 * n
}

//go:noinline
func sparse(n int8) string {
	switch n {
	case -128, -100, -7:
		return "low"
	case 0, 7, 14:
		return "small"
	case 21, 49, 63, 119:
		return "odd"
	case 126:
		return "high"
	}
	return "none"
}

//go:noinline
func classify(n int) (s string) {
	switch {
	case n < 3:
		return "few"
	case n%7 == 0:
		s = "sevens"
		fallthrough
	case n%5 == 0:
		s += "fives"
	default:
		switch n {
		case 4, 8, 16, 32:
			s = "power"
		case 9:
			goto odd
		}
	}
	return s
odd:
	return "odd"
}

//go:noinline
func collatz(n int) (steps int) {
	for n != 1 {
		if steps++; n&1 == 0 {
			n /= 2
			continue
		}
		n = 3*n + 1
	}
	return steps
}

//go:noinline
func search(n int) (found int) {
outer:
	for i := range 10 {
		for j := range 10 {
			if i*j > n {
				continue outer
			}
			if i*j == n && i > 1 {
				found = i*100 + j
				break outer
			}
		}
	}
	return found
}

//go:noinline
func recovers(n int) (s string) {
	defer func() {
		if e := recover(); e != nil {
			s = fmt.Sprint(e)
		}
	}()
	return fmt.Sprint(100/(n%4), []int{1, 2, 3}[n%5])
}

func words(text string) string {
	count := map[string]int{}
	for _, w := range strings.Fields(text) {
		count[w]++
	}
	var keys []string
	for w := range count {
		keys = append(keys, w)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, w := range keys {
		fmt.Fprintf(&b, "%s:%d ", w, count[w])
	}
	return b.String()
}

func workers(n int) (sum int) {
	var wg sync.WaitGroup
	in, out := make(chan int), make(chan int, 100)
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for v := range in {
				out <- v * v
			}
		}()
	}
	for i := range 100 {
		in <- i
	}
	close(in)
	wg.Wait()
	close(out)
	for v := range out {
		sum += v
	}
	return sum
}
