import type {GatherV2Attrs, KernelFunc, Tensor} from '@tensorflow/tfjs-core';
import {tf} from '../core.ts';
import type {NativeBackend} from '../native.ts';

/**
 * Runs `work` with a `tf.gather` that leaves its indices unread, so that a record can have them as an input: tfjs-node's reads them to check each.
 * TensorFlow's own op checks them, too, then and whenever a graph runs it; on a GPU it gives zeros where there is nothing.
 */
export function withGatherUnread<T>(native: NativeBackend, work: () => T): T {
  const place = ['GatherV2', 'tensorflow'] as const;
  const checking = tf.getKernel(...place);
  const kernelFunc: KernelFunc = ({inputs, attrs}) => {
    const [x, indices] = [inputs['x'], inputs['indices']] as [Tensor, Tensor];
    const {axis, batchDims} = attrs as unknown as GatherV2Attrs;
    tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
    const axisTensor = tf.scalar(axis, 'int32');
    const {TF_ATTR_INT, TF_ATTR_TYPE} = native.binding;
    const typed = (name: string, {dtype}: Tensor) => ({name, type: TF_ATTR_TYPE, value: native.getDTypeInteger(dtype)});
    const attributes = [
      {name: 'batch_dims', type: TF_ATTR_INT, value: batchDims},
      typed('Tparams', x),
      typed('Tindices', indices),
      typed('Taxis', axisTensor),
    ];
    const [gathered] = native.executeMultipleOutputs('GatherV2', attributes, [x, indices, axisTensor], 1);
    axisTensor.dispose();
    return gathered!;
  };
  tf.unregisterKernel(...place);
  tf.registerKernel({...checking, kernelFunc});
  try {
    return work();
  } finally {
    tf.unregisterKernel(...place);
    tf.registerKernel(checking);
  }
}
