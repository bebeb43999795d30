# The front door. Everything real is in meson.build, tests/run, lab/ and bench/.
BUILD ?= build
.PHONY: all demo test bench install clean format deps

all: deps-build $(BUILD)/build.ninja
	ninja -C $(BUILD)

deps-%:
	@packaging/deps.sh $*

$(BUILD)/build.ninja: | deps-build
	meson setup $(BUILD)

demo: deps-demo all
	lab/demo $(BUILD)

test: deps-test all
	tests/run $(BUILD)

bench: deps-bench all
	bench/run $(BUILD)

install: all
	meson install -C $(BUILD)

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf $(BUILD) build-asan
