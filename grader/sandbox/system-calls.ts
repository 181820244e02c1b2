/**
 * The seccomp filter of a sandbox, as the bytes of a classic BPF program (what `bwrap --seccomp` reads).
 * Refused with "operation not permitted": memory that no limit counts (memfd, System V shared memory and queues),
 * kernel interfaces that no lesson needs and that have a history of holes, sockets but those of Unix (a namespace of the network keeps neither those of
 * virtual machines nor the kernel's own ciphers apart), and sessions of one's own: the kernel divides processors between sessions, and each would get a
 * share as large as a neighbour's whole sandbox.
 */
export function systemCallFilter(architecture: NodeJS.Architecture): Buffer | undefined {
  const numbers = refused[architecture];
  if (!numbers) return undefined;
  const calls = Object.values(numbers.calls);
  const program: Instruction[] = [
    [loadWord, 0, 0, architectureOffset],
    // Any other architecture (32-bit calls from a 64-bit program) has other numbers: refuse all of it.
    [jumpIfEqual, 1, 0, numbers.audit],
    [answer, 0, 0, refuse],
    [loadWord, 0, 0, numberOffset],
    // x32 calls carry this bit and would pass under other numbers.
    [jumpIfAtLeast, 0, 1, 0x4000_0000],
    [answer, 0, 0, refuse],
    [jumpIfEqual, 0, 4, numbers.socket],
    [loadWord, 0, 0, firstArgumentOffset],
    [jumpIfEqual, 0, 1, unixSockets],
    [answer, 0, 0, allow],
    [answer, 0, 0, refuse],
    ...calls.map((call, i): Instruction => [jumpIfEqual, calls.length - i, 0, call]),
    [answer, 0, 0, allow],
    [answer, 0, 0, refuse],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, jumpTrue, jumpFalse, operand], i) => {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(jumpTrue, i * 8 + 2);
    bytes.writeUInt8(jumpFalse, i * 8 + 3);
    bytes.writeUInt32LE(operand, i * 8 + 4);
  });
  return bytes;
}

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, operand: number];

// linux/filter.h, linux/seccomp.h
const loadWord = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const answer = 0x06;
const allow = 0x7fff_0000;
const refuse = 0x0005_0000 | 1; // EPERM
const numberOffset = 0;
const architectureOffset = 4;
const firstArgumentOffset = 16;
// AF_UNIX of linux/socket.h
const unixSockets = 1;

const refused: Partial<
  Record<NodeJS.Architecture, {readonly audit: number; readonly socket: number; readonly calls: Readonly<Record<string, number>>}>
> = {
  x64: {
    audit: 0xc000_003e,
    socket: 41,
    calls: {
      memfd_create: 319,
      memfd_secret: 447,
      shmget: 29,
      msgget: 68,
      semget: 64,
      mq_open: 240,
      ptrace: 101,
      process_vm_readv: 310,
      process_vm_writev: 311,
      kexec_load: 246,
      bpf: 321,
      perf_event_open: 298,
      userfaultfd: 323,
      io_uring_setup: 425,
      add_key: 248,
      request_key: 249,
      keyctl: 250,
      mount: 165,
      umount2: 166,
      pivot_root: 155,
      unshare: 272,
      setns: 308,
      open_tree: 428,
      move_mount: 429,
      fsopen: 430,
      mount_setattr: 442,
      personality: 135,
      setsid: 112,
      syslog: 103,
      name_to_handle_at: 303,
      open_by_handle_at: 304,
      fanotify_init: 300,
      pidfd_getfd: 438,
      kcmp: 312,
      vmsplice: 278,
      io_uring_enter: 426,
      io_uring_register: 427,
      fsconfig: 431,
      fsmount: 432,
      fspick: 433,
    },
  },
  arm64: {
    audit: 0xc000_00b7,
    socket: 198,
    calls: {
      memfd_create: 279,
      memfd_secret: 447,
      shmget: 194,
      msgget: 186,
      semget: 190,
      mq_open: 180,
      ptrace: 117,
      process_vm_readv: 270,
      process_vm_writev: 271,
      kexec_load: 104,
      bpf: 280,
      perf_event_open: 241,
      userfaultfd: 282,
      io_uring_setup: 425,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      mount: 40,
      umount2: 39,
      pivot_root: 41,
      unshare: 97,
      setns: 268,
      open_tree: 428,
      move_mount: 429,
      fsopen: 430,
      mount_setattr: 442,
      personality: 92,
      setsid: 157,
      syslog: 116,
      name_to_handle_at: 264,
      open_by_handle_at: 265,
      fanotify_init: 262,
      pidfd_getfd: 438,
      kcmp: 272,
      vmsplice: 75,
      io_uring_enter: 426,
      io_uring_register: 427,
      fsconfig: 431,
      fsmount: 432,
      fspick: 433,
    },
  },
};
