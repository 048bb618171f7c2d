
# Copyright (C) ngx_tender_module contributors
#
# make              the module for Debian's nginx (needs nginx-dev)
# make run          a tender server on 127.0.0.1:8080, data under run/
# make test         all tests
# make help         the other targets


ifeq ($(origin CC),default)
CC =            gcc
endif

NGINX_SRC ?=
PORT ?=         8080
FUZZ_SECONDS ?= 30
TEST_JOBS ?=    1
TESTS ?=        t
DESTDIR ?=

export CC NGINX_SRC PORT FUZZ_SECONDS TEST_JOBS TESTS DESTDIR

module =        build/ngx_http_tender_module.so
pure =          format domain search model
pure_srcs :=    $(wildcard $(pure:%=%/*.c))
pure_deps :=    $(wildcard $(pure:%=%/*.h)) $(wildcard t/unit/*.h)
unit_srcs :=    $(wildcard t/unit/*.c)

unit_cflags =   -std=gnu99 -O2 -g -Wall -Wextra -Werror -I.
icu_libs =      -licui18n -licuuc

ifeq ($(SANITIZE),)
unit =          build/unit
else
unit =          build/unit-asan
unit_cflags +=  -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
                -fno-omit-frame-pointer -DTENDER_DEBUG_ALLOC=1
endif

unit_objs =     $(pure_srcs:%.c=$(unit)/obj/%.o)
unit_bins =     $(unit_srcs:t/unit/%.c=$(unit)/%)


all:
	@tools/build

help:
	@echo 'make                    the module: $(module)'
	@echo 'make NGINX_SRC=tree     the same for a source tree of nginx'
	@echo 'make CC=clang           with another compiler'
	@echo 'make run [PORT=8081]    a tender server, data under run/'
	@echo 'make test [TESTS=t/x.t] [TEST_JOBS=2]'
	@echo 'make asan               the tests on an ASAN and UBSAN build'
	@echo 'make debug-test         the tests at debug log level'
	@echo 'make fuzz [FUZZ_SECONDS=30]'
	@echo 'make bench              measures, beside nginx and nginx with Lua'
	@echo 'make reindex            the index of a running server, built anew;'
	@echo '                        see tools/reindex for its environment'
	@echo 'make install [DESTDIR=] the module into nginx'
	@echo 'make docs               docs/fields.md from the field tables'
	@echo 'make check-style        columns, tabs, spaces, long functions'
	@echo 'make deps               the Debian packages for all of these'
	@echo 'make clean              removes build/, keeps the data in run/'

deps:
	@tools/deps run test asan fuzz bench

run:
	@tools/deps run
	@tools/build > /dev/null
	@exec tools/run

test: unit-deps
	@tools/test build

debug-test: unit-deps
	@TEST_TENDER_LOG=debug tools/test build

asan:
	@tools/deps test asan
	@tools/test asan

unit-deps:
	@tools/deps test

unit: $(unit_bins)

$(unit_bins): $(unit)/%: t/unit/%.c $(unit_objs) $(pure_deps)
	@$(CC) $(unit_cflags) -o $@ $< $(unit_objs) $(icu_libs)

$(unit)/obj/%.o: %.c $(pure_deps)
	@mkdir -p $(@D)
	@$(CC) $(unit_cflags) -c -o $@ $<

docs: unit
	@$(unit)/fields > docs/fields.md

fuzz:
	@tools/deps fuzz
	@t/fuzz/run

bench:
	@tools/deps bench
	@tools/build > /dev/null
	@t/bench/run

install:
	@tools/build > /dev/null
	@tools/install

reindex:
	@tools/reindex

check-style:
	@tools/check-style

clean:
	rm -rf build

.PHONY: all help deps run test debug-test asan unit unit-deps docs fuzz \
        bench install reindex check-style clean
