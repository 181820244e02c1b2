export * from './types.ts';
export {runTask} from './run.ts';
export {LocalLearner} from './local-learner.ts';
export {expectBytes, expectCodes, expectFinite, expectNumber, expectRecord, expectTensor, type TensorExpectation} from './expect.ts';
export {expectOwnTensors, unchangedInputs} from './unchanged.ts';
export {
  accuracy,
  bitsPerValue,
  byteLength,
  levels,
  maxAbsError,
  meanAbsError,
  misdirection,
  mismatches,
  relativeError,
  sqnrDb,
  wrongGradients,
} from './metrics.ts';
export {taskHtml, taskText} from './report.ts';
export {inNotebook, type NotebookChecks, type Shown} from './notebook.ts';
