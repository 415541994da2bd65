# make, with tcc as the compiler
cp -r /root/samples/project p; cd p; make; ls; make; ./calc 2 3 +; touch -d @1000000000 stack.o; make; make test; make clean; ls; make -n; make -j4 >/dev/null 2>&1; ls *.o; make CFLAGS=-DX=1 -B -s 2>/dev/null; ./calc 9 3 /; make nothing; echo $?
cat >m <<'E'
A := $(shell echo shell) $(words a b c)
B = $(A) late
A += more
LIST := $(sort c a b a)
OBJS := $(patsubst %.c,%.o,x.c y.c) $(LIST:=.z) $(filter %.c,a.c b.h) $(subst a,b,banana) $(firstword $(LIST)) $(notdir d/e.f) $(basename g.h) $(foreach i,1 2,<$(i)>)
define two
@echo first
@echo second $(1)
endef
ifeq ($(words $(LIST)),3)
all: one two three ; @echo $@ from $^
else
all: ; false
endif
one: ; @echo $(B) $(OBJS)
two: one
	$(call two,arg)
three:
	-false
	@echo $$HOME $(if ,yes,no) $(origin A) $(MAKELEVEL)
	@$(MAKE) --no-print-directory -f m sub
sub: ; @echo level $(MAKELEVEL)
fail: ; @echo failing; exit 3
%.up: %.lo ; tr a-z A-Z <$< >$@
.PHONY: all one two three sub fail
.SILENT: x.up
E
make -f m 2>&1; make -f m fail; echo $?; echo text >x.lo; make -f m x.up; cat x.up; make -f m -k fail sub 2>&1; make -f m -q x.up; echo $?; make -f m -p 2>/dev/null | grep -c '^LIST'; make -f none; echo $?; printf 'a:\n echo spaces\n' >bad; make -f bad; echo $?; printf 'a: b\nb: a\n\techo x\n' | make -f - ; make --version | head -n 1
