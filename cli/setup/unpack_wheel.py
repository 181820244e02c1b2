"""Unpacks from a wheel only what an addon is compiled and run with: unpack_wheel.py WHEEL FOLDER. Prints `done total` in bytes as it goes."""
import os
import sys
import zipfile

wheel, folder = sys.argv[1:]
wanted = ('tensorflow/libtensorflow', 'tensorflow/include/tensorflow/c/', 'tensorflow/include/tensorflow/core/platform/',
          'tensorflow/include/xla/tsl/', 'tensorflow/include/tsl/')
with zipfile.ZipFile(wheel) as archive:
    members = [m for m in archive.infolist() if m.filename.startswith(wanted) and not m.is_dir()]
    total, done = sum(m.file_size for m in members), 0
    for member in members:
        target = os.path.join(folder, member.filename)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(member) as source, open(target, 'wb') as out:
            while block := source.read(1 << 24):
                out.write(block)
                done += len(block)
                if member.file_size > 1 << 24:
                    print(done, total, flush=True)
    print(done, total, flush=True)
