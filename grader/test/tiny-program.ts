/**
 * A Linux program of a few bytes for x86-64, as base64: what a submission could drop in /tmp and run to make system calls that JavaScript cannot.
 * An ELF header, one program header that maps the file at 0x400000, and the code behind them.
 */
function program(instructions: readonly (readonly number[])[]): string {
  const code = instructions.flat();
  const bytes = Buffer.alloc(120 + code.length);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(2, 16); // an executable
  bytes.writeUInt16LE(62, 18); // for x86-64
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(0x40_0078n, 24); // starts behind the headers
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(1, 64); // load
  bytes.writeUInt32LE(5, 68); // to read and run
  bytes.writeBigUInt64LE(0x40_0000n, 80);
  bytes.writeBigUInt64LE(0x40_0000n, 88);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 96);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 104);
  bytes.writeBigUInt64LE(0x1000n, 112);
  bytes.set(code, 120);
  return bytes.toString('base64');
}

const little = (n: number): number[] => [n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255];

/** The file's first bytes in memory: a name that ends in 0. */
const ownName = 0x40_0000;

/** Makes one system call and ends with the error's number as its exit code: 1 is "operation not permitted". */
export function systemCall(number: number, first = ownName): string {
  return program([
    [0xb8, ...little(number)], // mov eax, number
    [0xbf, ...little(first)], // mov edi, first
    [0x31, 0xf6, 0x31, 0xd2], // esi = edx = 0
    [0x0f, 0x05], // syscall
    [0xf7, 0xd8, 0x89, 0xc7], // edi = -eax
    [0xb8, ...little(231), 0x0f, 0x05], // exit_group(edi)
  ]);
}

/** Takes memory that is shared between processes, which no data limit counts, and holds it. */
export function takesSharedMemory(bytes: number): string {
  return program([
    [0xb8, ...little(9), 0x31, 0xff], // mmap(0,
    [0xbe, ...little(bytes), 0xba, ...little(3)], // bytes, read and write,
    [0x41, 0xba, ...little(0x21), 0x49, 0xc7, 0xc0, ...little(-1), 0x45, 0x31, 0xc9], // shared and anonymous, -1, 0)
    [0x0f, 0x05],
    [0xb9, ...little(bytes / 4096)], // for every page:
    [0xc6, 0x00, 0x01, 0x48, 0x05, ...little(4096), 0xff, 0xc9, 0x75, 0xf3], // write to it
    [0xeb, 0xfe], // for ever
  ]);
}

/** Does nothing, for ever. */
export const endlessLoop = (): string => program([[0xeb, 0xfe]]);
