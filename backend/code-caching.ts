/** How a host says where the code that V8 made is kept, and has it made. */
export const codeCaching = {
  /** The variable that names the folder. */
  folder: 'SNAPGRID_CODE_CACHE',
  /**
   * Set while it is made, to where the files will lie when it is used: V8 keeps their names with their code, and errors show them.
   * Then the signal has the code of all that was loaded so far kept, that of what has run in it, and ends the process.
   */
  making: 'SNAPGRID_MAKES_CODE_CACHE',
  signal: 'SIGUSR2',
} as const;
