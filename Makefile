# Vitrine. `make` builds; `make run` and `make test` do everything on a fresh Debian machine with Go; `make help` lists the rest.

PORT ?= 8080
# No version stamp: git refuses to look into a folder of another user's, as under sudo.
export GOFLAGS := -buildvcs=false
GO      := $(shell find engine kernel wasm scenes scripts assets -name '*.go' 2>/dev/null) go.mod go.sum
GUEST   := $(wildcard assets/guest/* assets/guest/home/*) scripts/rootfs NOTICE
IMAGE   := $(wildcard assets/boot/*.go scripts/mkdisk/*.go scripts/image/*.go kernel/image/*.go kernel/fs/*/*.go kernel/blk/*.go)

.DEFAULT_GOAL := build
.PHONY: help build run shots serve dist test size check gen bench bench-peer fuzz torture clean setup setup-test linux hw metal disk-debian

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what building needs (gcc, musl, busybox)
	@scripts/setup build

setup-test: ## install what the tests need as well (Chromium, e2fsck, Node)
	@scripts/setup test

run: build/dist/index.html ## build everything and serve it on http://localhost:8080 (PORT=)
	@go run ./scripts/serve -port $(PORT) build/dist

serve: run

build: build/vm build/vm.wasm build/vm-node build/disk.img build/dist/index.html ## build the headless machine and the page

dist: build/disk-debian.img ## a static folder for any web host, with both disks, in build/dist (BEFORE=the published one, whose engines stay; SITE=its address, for previews of links)
	@$(MAKE) --no-print-directory build/dist/index.html
	@echo "build/dist is ready: copy it to any static host, under any path"

build/setup.ok: scripts/setup
	@mkdir -p build
	@scripts/setup build
	@touch $@

build/root.ok: $(GUEST) | build/setup.ok
	@scripts/rootfs build/root
	@touch $@

build/disk.img: build/root.ok $(IMAGE)
	go run ./scripts/mkdisk -o $@ -root build/root

disk-debian: build/disk-debian.img ## a second disk with Debian's bash, python3, perl, tcc and more, in build/disk-debian.img (fetches 34 MB)

build/debian.ok: build/root.ok scripts/debian-root $(shell find assets/debian -type f 2>/dev/null)
	@scripts/debian-root build/debian-root
	@touch $@

build/disk-debian.img: build/debian.ok $(IMAGE)
	go run ./scripts/mkdisk -o $@ -root build/debian-root -size 128

build/vm: $(GO) | build/setup.ok
	go build -trimpath -o $@ ./scripts/vm

build/vm.wasm: $(GO) scripts/build-wasm | build/setup.ok
	scripts/build-wasm $@ ./scripts/vm

build/vm-node: scripts/vm-node
	@mkdir -p build
	@cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" "$$(go env GOROOT)/lib/wasm/wasm_exec_node.js" build/
	@cp scripts/vm-node $@

build/machine.wasm: $(GO) scripts/build-wasm | build/setup.ok
	scripts/build-wasm $@ ./wasm/machine

# The drawing library for the page, its shaders compiled.
build/ebiten.ok: go.mod $(wildcard scripts/ebiten/*.go scripts/ebiten/instead/* wasm/ui/*.kage) | build/setup.ok
	go run ./scripts/ebiten -o build/ebiten
	@touch $@

build/page.wasm: build/ebiten.ok $(GO) scripts/build-wasm | build/setup.ok
	scripts/build-wasm $@ ./wasm/page build/ebiten.mod

build/fonts.ok: $(wildcard scripts/fonts/*.go) | build/setup.ok
	go run ./scripts/fonts -o build/fonts
	@touch $@

build/programs.bin: build/root.ok $(wildcard scripts/programs/*.go) wasm/view/program.go
	go run ./scripts/programs -o $@

# The address under which the page will be found is part of it.
build/site: FORCE
	@mkdir -p build
	@echo '$(SITE)' | cmp -s - $@ || echo '$(SITE)' >$@

FORCE:

# The second disk is in the page where it was built.
build/dist/index.html: build/machine.wasm build/page.wasm build/disk.img $(wildcard build/disk-debian.img) build/programs.bin build/fonts.ok index.html NOTICE assets/docs/EMBED.md build/site $(wildcard web/* web/page/*) $(wildcard scripts/dist/*.go scripts/picture/*.go scripts/film/*.go scenes/*.go)
	go run ./scripts/dist -o build/dist -site '$(SITE)' $(if $(BEFORE),-before $(BEFORE))

linux: build/linux/initrd.gz ## fetch Debian's kernel and make an initrd for it, in build/linux
	@scripts/debian-kernel build/linux

build/linux/initrd.gz: $(wildcard scripts/initrd/*) | build/setup.ok
	@mkdir -p build/linux
	go run ./scripts/initrd -o $@

gen: | build/setup.ok ## regenerate committed generated code (boot image, dispatch loops, documents)
	go run ./scripts/gen

check: | build/setup.ok ## format, vet, tidy, generated files fresh, js/wasm build
	@test -z "$$(gofmt -l engine kernel wasm scenes scripts assets)" || { gofmt -l engine kernel wasm scripts assets; echo "check: run gofmt -w"; exit 1; }
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./wasm/... ./scripts/vm ./scripts/bench/page
	go mod tidy -diff
	go run ./scripts/tidy
	go run ./scripts/gen -check

size: build ## what a reader downloads before the prompt, and how long the page takes to start
	go run ./scripts/size

test: setup-test dist build build/linux/initrd.gz check ## everything: unit, native-first, determinism, browser
	go run ./scripts/size -check
	-@scripts/debian-kernel build/linux
	-@scripts/debian-i386 build/i386
	-@scripts/typescript build/typescript
	-@scripts/axe build/axe
	VITRINE_PAGE=1 go test -timeout 25m ./... || VITRINE_PAGE=1 go test -timeout 25m ./...  # what passed is cached: only packages that failed run again

shots: build/disk.img build/programs.bin build/fonts.ok ## every scene at each moment, and every diagram on a crowded machine, desktop and phone, light and dark, in build/shots/scenes (SCENES="M09 M38" only these)
	go run ./scripts/scenes -o build/shots/scenes $(SCENES)
	@echo "build/shots/scenes/index.html shows them all"

bench: build ## interpreter speed and what the kernel's services cost, native and in Chromium
	go run ./scripts/bench
	go run ./scripts/rewind

bench-peer: | build/setup.ok ## the same C kernels here and in v86, in one Chromium; the last line is about v86 without its compiler
	@scripts/setup test
	go run ./scripts/bench/peer

fuzz: ## each fuzz test for a while (TIME=30s)
	@scripts/fuzz $(or $(TIME),30s)

torture: | build/setup.ok ## the whole guest suite disturbed at every sleep, system call and 100,000th instruction: half an hour
	go test -count=1 -timeout 3h ./kernel/sys -run Torture -torture

metal: ## run the bare-metal test images here, in Node, in Chromium, and in QEMU where it is installed
	VITRINE_QEMU=1 go test -count=1 -v -run 'Images|Node|Chromium|QEMU' ./scripts/metal

hw: | build/setup.ok ## compare every instruction with the processor of this machine (N=1000000 cases, SEED=)
	go run ./scripts/hw -n $(or $(N),1000000) $(if $(SEED),-seed $(SEED))

clean: ## remove what was built
	rm -rf build
