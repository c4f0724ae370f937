"""Put a process into namespaces of its own, with nothing to write to but memory, and no rights.

bubblewrap has made the world that the parent sees: a read-only root without host folders but
Python's own, no network, no users. What is done here is done again for each submission, because
a fork of a warm interpreter is ten times faster than a new sandbox with a cold one.
"""

import ctypes
import errno
import os
import resource
import struct

from . import SCRATCH, WRITABLE

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_NOSUID_NODEV = 0x2 | 0x4
MS_RDONLY, MS_BIND, MS_REC = 0x1, 0x1000, 0x4000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 38, 22
PR_SET_CHILD_SUBREAPER = 36
MOST_FILES = 20_000  # in each place that can be written to

_libc = ctypes.CDLL(None, use_errno=True)


def _succeed(name, result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(flags):
    _succeed("unshare", _libc.unshare(ctypes.c_int(flags)))


def _mount_memory(path, size, mode, flags=MS_NOSUID_NODEV):
    options = f"size={size},mode={mode},nr_inodes={MOST_FILES}".encode()
    _succeed(
        f"mount {path}",
        _libc.mount(b"tmpfs", path.encode(), b"tmpfs", ctypes.c_ulong(flags), options),
    )


def seal_off(limits):
    """Enter new namespaces, mount fresh memory where a notebook writes, give up every right.

    What Python itself needs of the folders that are covered (``kept``) is shown again in them.
    """
    unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET)
    held = {path: os.open(path, os.O_PATH) for path in limits["kept"]}
    _mount_memory(SCRATCH, limits["disk"], 700)
    for path in WRITABLE:
        _mount_memory(path, limits["disk"], 1777)
    for path, descriptor in held.items():
        os.makedirs(path)
        source = f"/proc/self/fd/{descriptor}".encode()
        flags = ctypes.c_ulong(MS_BIND | MS_REC)
        _succeed(f"mount {path}", _libc.mount(source, path.encode(), None, flags, None))
        os.close(descriptor)
    # A fresh /proc is not to be had where root's own is partly covered, so there is none at all.
    _mount_memory("/proc", 4096, 555, MS_NOSUID_NODEV | MS_RDONLY)
    os.chdir(SCRATCH)
    drop_rights()


def drop_rights():
    header = struct.pack("Ii", 0x20080522, 0)
    nothing = struct.pack("6I", 0, 0, 0, 0, 0, 0)
    _succeed("capset", _libc.capset(header, nothing))
    _succeed("prctl", _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    filter_calls()


def die_with_parent():
    _succeed("prctl", _libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0))


def adopt_orphans():
    """Become the parent of all processes below that lose theirs, so that none gets out of sight."""
    _succeed("prctl", _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def limit(limits):
    """Set the limits that hold for each process; the watch holds those of all together."""
    for name, most in (
        ("RLIMIT_AS", limits["address_space"]),
        ("RLIMIT_FSIZE", limits["disk"]),
        ("RLIMIT_NOFILE", 1024),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_CPU", limits["seconds"]),
    ):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


# Kernel services that no notebook needs and that have let processes out of sandboxes, by their
# numbers on the two kinds of machine that Python's wheels are made for.
_ON_BOTH = (
    425,
    426,
    427,
    428,
    429,
    430,
    431,
    432,
    433,
    442,
    447,
)  # io_uring_*, mounts, memfd_secret
_REFUSED = {
    # ptrace, pivot_root, chroot, mount, umount2, kexec_load, add_key, request_key, keyctl, unshare,
    # perf_event_open, setns, process_vm_readv, process_vm_writev, bpf, userfaultfd; and memory that
    # no count of a process's own shows: shmget, memfd_create
    "x86_64": (
        101,
        155,
        161,
        165,
        166,
        246,
        248,
        249,
        250,
        272,
        298,
        308,
        310,
        311,
        321,
        323,
        29,
        319,
    ),
    "aarch64": (
        117,
        41,
        51,
        40,
        39,
        104,
        217,
        218,
        219,
        97,
        241,
        268,
        270,
        271,
        280,
        282,
        194,
        279,
    ),
}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_FAMILIES = (1, 2, 10)  # unix, and the internet in a network namespace that leads nowhere


def filter_calls():
    """Refuse those services, and sockets of other families (a virtual machine's lead out of it).

    Elsewhere than on these two kinds of machine the namespaces have to do.
    """
    machine = os.uname().machine
    if machine not in _REFUSED:
        return

    def statement(code, value, yes=0, no=0):
        return struct.pack("HBBI", code, yes, no, value)

    load, equal, give = 0x20, 0x15, 0x06
    allow, kill, refuse = 0x7FFF0000, 0x80000000, 0x00050000
    program = [
        statement(load, 4),
        statement(equal, _ARCHITECTURE[machine], 1, 0),
        statement(give, kill),
        statement(load, 0),
    ]
    if machine == "x86_64":  # the numbers of the 32-bit-pointer calls begin here
        program += [statement(0x35, 0x40000000, 0, 1), statement(give, refuse | errno.ENOSYS)]
    for number in _REFUSED[machine] + _ON_BOTH:
        program += [statement(equal, number, 0, 1), statement(give, refuse | errno.EPERM)]
    program += [statement(equal, _SOCKET[machine], 1, 0), statement(give, allow)]
    program += [statement(load, 16)]
    for ahead, family in zip(range(len(_FAMILIES), 0, -1), _FAMILIES, strict=True):
        program += [statement(equal, family, ahead, 0)]
    program += [statement(give, refuse | errno.EOPNOTSUPP), statement(give, allow)]
    code = b"".join(program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    _succeed("seccomp", _libc.prctl(PR_SET_SECCOMP, 2, header, 0, 0))
