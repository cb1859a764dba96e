"""The functions that a shared library exports, read from its file: ELF, Mach-O or PE, of 64 bits, little-endian."""

from __future__ import annotations

import struct

LINKERS = {"_init", "_fini", "__dso_handle", "_mh_dylib_header"}  # in every library, put there by the linker
PROCESSORS = {62: "x86-64", 183: "arm64", 0x01000007: "x86-64", 0x0100000C: "arm64", 0x8664: "x86-64", 0xAA64: "arm64"}


def exported(file: bytes) -> tuple[str, set[str]]:
    """The file's format and processor, such as "ELF x86-64", and the names that others can use."""
    for magic, reader in ((b"\x7fELF", _elf), (b"\xcf\xfa\xed\xfe", _mach_o), (b"MZ", _pe)):
        if file.startswith(magic):
            return reader(file)
    raise ValueError(f"neither ELF nor Mach-O nor PE: starts with {file[:4]!r}")


def _text(file: bytes, start: int) -> str:
    return file[start : file.index(b"\0", start)].decode()


def _elf(file: bytes) -> tuple[str, set[str]]:
    (machine,) = struct.unpack_from("<H", file, 18)
    (table,) = struct.unpack_from("<Q", file, 40)
    size, count = struct.unpack_from("<HH", file, 58)
    # sh_type, sh_offset, sh_size, sh_link of each section
    sections = [struct.unpack_from("<4xI16xQQI", file, table + n * size) for n in range(count)]
    names = set()
    for kind, offset, length, link in sections:
        if kind == 11:  # SHT_DYNSYM
            for at in range(offset, offset + length, 24):
                name, info, _, section = struct.unpack_from("<IBBH", file, at)
                if section and info & 15 == 2:  # defined here, STT_FUNC
                    names.add(_text(file, sections[link][1] + name))
    return f"ELF {PROCESSORS.get(machine, machine)}", names - LINKERS


def _mach_o(file: bytes) -> tuple[str, set[str]]:
    machine, _, _, commands = struct.unpack_from("<IIII", file, 4)
    names, at = set(), 32
    for _ in range(commands):
        command, length = struct.unpack_from("<II", file, at)
        if command == 2:  # LC_SYMTAB
            symbols, count, strings, _ = struct.unpack_from("<IIII", file, at + 8)
            for n in range(count):
                name, kind, section, _, _ = struct.unpack_from("<IBBHQ", file, symbols + 16 * n)
                if kind & 0x1F == 0x0F and section:  # N_EXT, N_SECT, not N_PEXT
                    names.add(_text(file, strings + name).removeprefix("_"))
        at += length
    return f"Mach-O {PROCESSORS.get(machine, machine)}", names - LINKERS


def _pe(file: bytes) -> tuple[str, set[str]]:
    (header,) = struct.unpack_from("<I", file, 0x3C)
    machine, count, optional = struct.unpack_from("<HH12xH", file, header + 4)
    # VirtualAddress, SizeOfRawData, PointerToRawData of each section
    sections = [struct.unpack_from("<12xIII", file, header + 24 + optional + 40 * n) for n in range(count)]

    def place(address: int) -> int:
        start, _, at = next(s for s in sections if s[0] <= address < s[0] + s[1])
        return at + address - start

    (directory,) = struct.unpack_from("<I", file, header + 24 + 112)
    number, table = struct.unpack_from("<24xI4xI", file, place(directory))
    addresses = struct.unpack_from(f"<{number}I", file, place(table))
    return f"PE {PROCESSORS.get(machine, machine)}", {_text(file, place(address)) for address in addresses}
