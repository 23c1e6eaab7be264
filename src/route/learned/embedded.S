/* The weights of the learned classifier, as they lie in model/. */
    .section .rodata
    .global weir_router_weights_begin
    .global weir_router_weights_end
    .balign 64
weir_router_weights_begin:
    .incbin WEIR_ROUTER_WEIGHTS
weir_router_weights_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
