import {describeClaims} from './claims.ts';

describeClaims('types, completion and inspection', 'language_tests.py');
