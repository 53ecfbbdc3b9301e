#include "layout.h"

        .section .start, "ax"
        .globl  _start
_start:
        pushl   %edx
        pushl   %ecx
        pushl   %eax
        call    user_main
        movl    %eax, %ebx
        movl    $SYS_EXIT, %eax
        int     $SYSTEM_CALL_VECTOR

        .section .note.GNU-stack, "", @progbits
