#!/usr/bin/env bash
# Installs Debian's Chromium, which the browser tests drive, where it is missing and may be installed.
# Exit codes: 0 the browser is there, 1 it is missing and cannot be installed (the reason is on stderr).
set -euo pipefail

browser=/usr/bin/chromium
if [[ -x $browser ]]; then
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "$browser is missing, and this system has no apt-get to install it with" >&2
  exit 1
fi
if [[ $(id -u) -ne 0 ]]; then
  echo "$browser is missing; install it as root: apt-get update && apt-get install -y chromium" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Somebody else may be installing.
lock=(-o DPkg::Lock::Timeout=240)
apt-get "${lock[@]}" update -q >&2
apt-get "${lock[@]}" install -y -q --no-install-recommends chromium >&2
if [[ ! -x $browser ]]; then
  echo "the package chromium is installed, but gave no $browser" >&2
  exit 1
fi
