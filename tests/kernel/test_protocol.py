"""Jupyter's own test of kernels, on this one.

One does not apply, and is skipped: `test_pager` wants a cell that opens the front end's pager, and no cell of this kernel
does; documentation comes as the answer to Shift-Tab.
"""

import unittest

import jupyter_kernel_test as jkt


class Protocol(jkt.KernelTests):
    kernel_name = "forward-pass"
    language_name = "rust"
    file_extension = ".rs"
    code_hello_world = 'println!("hello, world")'
    code_stderr = 'eprintln!("to stderr")'
    code_generate_error = 'panic!("no")'
    code_execute_result = [{"code": "6 * 7", "result": "42"}, {"code": "1.5 + 1.0", "result": "2.5"}]
    code_display_data = [
        {
            "code": 'println!("EVCXR_BEGIN_CONTENT text/html\\n<b>hi</b>\\nEVCXR_END_CONTENT")',
            "mime": "text/html",
        }
    ]
    code_clear_output = 'println!("EVCXR_BEGIN_CONTENT text/plain clear-output\\n\\nEVCXR_END_CONTENT")'
    complete_code_samples = ["let x = 1;", 'println!("a")', "fn f() -> i32 { 1 }"]
    incomplete_code_samples = ["fn f() {", 'let s = "half', "vec![1,"]
    invalid_code_samples = [")", "f(]"]
    completion_samples = [
        {"text": "std::collec", "matches": {"collections"}},
        {"text": "i32::MA", "matches": {"MAX"}},
        {"text": ":va", "matches": {":vars"}},
    ]
    code_inspect_sample = "sigmoid"
    code_history_pattern = "6?*?7"
    supported_history_operations = ("tail", "range", "search")


if __name__ == "__main__":
    unittest.main()
