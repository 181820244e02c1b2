/** What a client may use, as it is told by `initialize`. */
export const capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsExceptionInfoRequest: true,
  supportsModulesRequest: true,
  exceptionBreakpointFilters: [
    {
      filter: 'uncaught',
      label: 'Uncaught exceptions',
      description: 'Stop where an exception is thrown that nothing catches',
      default: false,
    },
    {filter: 'all', label: 'All exceptions', description: 'Stop where any exception is thrown', default: false},
  ],
} as const;
