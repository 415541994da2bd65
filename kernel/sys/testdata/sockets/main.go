// Servers and clients on sockets of AF_UNIX: what Go's network poller, with its edge-triggered epoll, asks of a kernel.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

var path string

func main() {
	dir, err := os.MkdirTemp("", "go")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path = dir + "/socket"
	l, err := net.Listen("unix", path)
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go echo(c)
		}
	}()
	var wg sync.WaitGroup
	sums := make([]int, 20)
	for i := range sums {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sums[i] = client(i)
		}()
	}
	wg.Wait()
	fmt.Println(sums)
	deadline()
	datagrams()
	_, err = net.Dial("tcp", "127.0.0.1:1")
	fmt.Println("tcp fails:", err != nil)
	l.Close()
	_, err = os.Stat(path)
	fmt.Println("removed:", errors.Is(err, os.ErrNotExist))
}

// echo answers lines, then sends the client's bytes back in one piece.
func echo(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	for range 3 {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		fmt.Fprintf(c, "%s", line)
	}
	b, _ := io.ReadAll(r)
	c.Write(b)
}

// client returns how many bytes came back.
func client(i int) int {
	c, err := net.Dial("unix", path)
	if err != nil {
		return -1
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for n := range 3 {
		fmt.Fprintf(c, "%d %d\n", i, n)
		if line, _ := r.ReadString('\n'); line != fmt.Sprintf("%d %d\n", i, n) {
			return -2
		}
	}
	c.Write(make([]byte, 10000*i))
	c.(*net.UnixConn).CloseWrite()
	n, _ := io.Copy(io.Discard, r)
	return int(n)
}

func deadline() {
	c, err := net.Dial("unix", path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err = c.Read(make([]byte, 1))
	fmt.Println("deadline:", errors.Is(err, os.ErrDeadlineExceeded))
}

func datagrams() {
	a, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "@go", Net: "unixgram"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer a.Close()
	go func() {
		b, _ := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: "@go", Net: "unixgram"})
		for i := range 50 { // more than a queue holds
			fmt.Fprint(b, i)
		}
		b.Close()
	}()
	sum := 0
	for range 50 {
		b := make([]byte, 10)
		n, _, _ := a.ReadFromUnix(b)
		v := 0
		fmt.Sscan(string(b[:n]), &v)
		sum += v
	}
	fmt.Println("datagrams", sum)
}
