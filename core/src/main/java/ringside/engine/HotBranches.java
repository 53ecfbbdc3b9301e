package ringside.engine;

import ringside.arch.Reg;
import ringside.isa.Condition;
import ringside.isa.Flow;
import ringside.isa.Insn;
import ringside.isa.Operand;
import ringside.machine.cpu.Cpu;

/** Near branches, calls and returns of 32-bit code. */
final class HotBranches {
    private HotBranches() {}

    /** An operation that ends its block and leaves the following EIP in {@code next}. */
    private abstract static class Branch extends Op {
        final int taken;
        final int end;

        Branch(int taken, int end) {
            this.taken = taken;
            this.end = end;
        }

        @Override
        final boolean setsNext() {
            return true;
        }

        final int target(Cpu c) {
            int eip = c.blockEip + taken;
            c.checkBranch(eip);
            return eip;
        }

        final void branch(Cpu c, boolean holds) {
            c.next = holds ? target(c) : c.blockEip + end;
        }
    }

    /** A branch at offset {@code start} of its block, or null. */
    static Op of(String name, Insn insn, int start) {
        if (insn.opSize != 32) {
            return null;
        }
        int end = start + insn.length;
        if (insn.op0 instanceof Operand.Rel rel) {
            int taken = end + rel.displacement();
            return switch (insn.row.flow()) {
                case JUMP -> jump(taken, end);
                case CALL -> call(taken, end);
                case BRANCH ->
                    name.startsWith("j") && Condition.NAMES.contains(name.substring(1))
                            ? conditional(Condition.NAMES.indexOf(name.substring(1)), taken, end)
                            : null;
                default -> null;
            };
        }
        return insn.row.flow() == Flow.RETURN && insn.op0 == null ? ret(end) : null;
    }

    private static Op jump(int taken, int end) {
        return new Branch(taken, end) {
            @Override
            void run(Cpu c) {
                c.next = target(c);
            }
        };
    }

    private static Op call(int taken, int end) {
        return new Branch(taken, end) {
            @Override
            void run(Cpu c) {
                int eip = target(c);
                c.push(32, c.blockEip + end);
                c.next = eip;
            }
        };
    }

    private static Op ret(int end) {
        return new Branch(end, end) {
            @Override
            void run(Cpu c) {
                int eip = c.load32(Reg.SS, c.stackPointer());
                c.checkBranch(eip);
                c.stackPointer(c.stackPointer() + 4);
                c.next = eip;
            }
        };
    }

    private static Op conditional(int cc, int taken, int end) {
        return switch (cc) {
            case 0 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.of());
                    }
                };
            case 1 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, !c.of());
                    }
                };
            case 2 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.cf());
                    }
                };
            case 3 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, !c.cf());
                    }
                };
            case 4 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.zf());
                    }
                };
            case 5 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, !c.zf());
                    }
                };
            case 6 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.cf() || c.zf());
                    }
                };
            case 7 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, !c.cf() && !c.zf());
                    }
                };
            case 8 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.sf());
                    }
                };
            case 9 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, !c.sf());
                    }
                };
            case 10 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.pf());
                    }
                };
            case 11 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, !c.pf());
                    }
                };
            case 12 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.sf() != c.of());
                    }
                };
            case 13 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.sf() == c.of());
                    }
                };
            case 14 ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, c.zf() || c.sf() != c.of());
                    }
                };
            default ->
                new Branch(taken, end) {
                    @Override
                    void run(Cpu c) {
                        branch(c, !c.zf() && c.sf() == c.of());
                    }
                };
        };
    }
}
