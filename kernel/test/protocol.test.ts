import {describeClaims} from './claims.ts';

describeClaims('spoken to by jupyter_client, the kernel', 'protocol_tests.py');
