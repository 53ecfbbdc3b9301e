/* Entry from the boot loader, interrupt entry and exit, and the user program's bytes. */
#include "privops.h"
#include "layout.h"

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 3 /* modules on page boundaries, memory information */

        .section .multiboot, "a"
        .align 4
        .long   MULTIBOOT_MAGIC
        .long   MULTIBOOT_FLAGS
        .long   -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
        PRIV_SIGNATURE

        .text
        .globl  _start
_start:
        movl    $kernel_stack_top, %esp
        pushl   %ebx                    /* the multiboot information */
        pushl   %eax                    /* the loader's magic number */
        call    kernel_main

/* One stub a vector, 16 bytes each: pushes an error code where the processor pushes none, and the vector. */
        .altmacro
        .macro  stub vector
        .align  16
        .if     (\vector == 8) || (\vector >= 10 && \vector <= 14) || (\vector == 17)
        .else
        pushl   $0
        .endif
        pushl   $\vector
        jmp     interrupt_entry
        .endm

        .globl  interrupt_stubs
        .align  16
interrupt_stubs:
        .set    v, 0
        .rept   48
        stub    %v
        .set    v, v + 1
        .endr

        .globl  system_call_stub
        .align  16
system_call_stub:
        PRIV_ENTER_SYSTEM_CALL
        pushl   $0
        pushl   $SYSTEM_CALL_VECTOR

interrupt_entry:
        pushal
        pushl   %ds
        pushl   %es
        movl    $0x10, %eax
        movl    %eax, %ds
        movl    %eax, %es
        cld
        pushl   %esp                    /* struct frame * */
        call    interrupt
        addl    $4, %esp

        .globl  return_to_frame
return_to_frame:
        popl    %es
        popl    %ds
        popal
        addl    $8, %esp                /* vector and error code */
        PRIV_RETURN_FROM_INTERRUPT

/* void enter_user(struct frame *): starts the first program; later ones start by replacing an interrupt's frame. */
        .globl  enter_user
enter_user:
        movl    4(%esp), %esp
        jmp     return_to_frame

        .section .rodata
        .globl  user_image, user_image_end
        .align  4096
user_image:
        .incbin "user.bin"
user_image_end:

        .bss
        .align  16
        .skip   16384
        .globl  kernel_stack_top
kernel_stack_top:

        .section .note.GNU-stack, "", @progbits
