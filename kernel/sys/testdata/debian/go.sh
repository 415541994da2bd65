# a program of Go's: goroutines, channels, timers, the collector, a panic recovered
goroutines; echo $?; GOMAXPROCS=1 goroutines | md5sum; GOMAXPROCS=4 goroutines | md5sum; GOGC=5 goroutines | md5sum; GODEBUG=gctrace=0 goroutines >f; wc -l f
