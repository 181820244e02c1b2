import {protocolVersion} from './protocol/messages.ts';

/** What kernel_info_reply says. */
export const kernelInfo = {
  protocol_version: protocolVersion,
  implementation: 'snapgrid',
  implementation_version: '0.1.0',
  language_info: {
    name: 'typescript',
    version: 'ES2023',
    mimetype: 'application/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    // The name by which JupyterLab 4 knows the language; 'javascript' would not colour types.
    codemirror_mode: 'typescript',
    nbconvert_exporter: 'script',
  },
  banner: `snapgrid: TypeScript on Node ${process.versions.node}`,
  debugger: true,
  supported_features: ['debugger', 'kernel subshells'],
  help_links: [
    {text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/intro.html'},
    {text: 'TensorFlow.js API', url: 'https://js.tensorflow.org/api/latest/'},
    {text: 'Observable Plot', url: 'https://observablehq.com/plot/'},
  ],
} as const;
